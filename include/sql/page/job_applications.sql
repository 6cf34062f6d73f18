-- The billing applications of a customer for a job, the newest first: amounts are to date, so the first row is what is
-- billed.
select
    application.application_number,
    application.period_end_date,
    application.application_date,
    application.original_contract_amount,
    application.change_order_total,
    application.revised_contract_amount,
    application.complete_to_date,
    application.material_stored,
    application.retention_amount + application.material_stored_retention as retained,
    application.amount_billed_previous,
    application.amount_due,
    first_value(application.complete_to_date + application.material_stored) over (
        order by
            coalesce(application.period_end_date, application.application_date) desc nulls last,
            length(application.application_number) desc,
            application.application_number desc
    ) as total
from spectrum.billing_applications as application
where
    application.company_code = {{ "company" | bound }}
    and application.job_number = {{ "job" | bound }}
    and application.customer_code = {{ "customer" | bound }}
    and application._deleted_at is null
order by
    coalesce(application.period_end_date, application.application_date) desc nulls last,
    length(application.application_number) desc,
    application.application_number desc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
