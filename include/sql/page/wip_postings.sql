-- The postings of a job up to a month end, as known at a moment, the newest first. Each row carries the total of all of
-- them.
select
    posting.tran_date,
    posting.phase_code,
    posting.cost_type,
    posting.tran_type_code,
    posting.description,
    posting.vendor_name,
    posting.reference_1,
    posting.tran_amount as amount,
    sum(posting.tran_amount) over () as total,
    count(*) over () as postings
from history.job_cost_transactions_versions as posting
where
    posting.company_code = {{ "company" | bound }}
    and posting.job_number = {{ "job" | bound }}
    and posting.tran_date <= {{ "month_end" | bound }}
    and posting._valid_from <= {{ "moment" | bound }}::timestamptz
    and (posting._valid_to > {{ "moment" | bound }}::timestamptz or posting._valid_to is null)
order by posting.tran_date desc, posting._row_hash asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
