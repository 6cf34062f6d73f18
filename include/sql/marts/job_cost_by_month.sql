-- Cost by month, of every phase and cost type with a posting that came or went: a month that was published again mostly
-- holds the same postings as before. Postings that went stand in the history, which a whole computation need not read.
create temporary table _job_cost_by_month on commit drop as
with living as (
    select
        posting.job_number,
        posting.phase_code,
        posting.cost_type,
        posting._month,
        sum(posting.tran_amount) as actual_cost,
        coalesce(sum(posting.total_hours), 0) as actual_hours,
        coalesce(sum(posting.quantity), 0) as actual_quantity,
        count(*) as transactions,
        bool_or(posting._changed_at >= {{ "since_job_cost_transactions" | bound }}) as is_changed
    from _changed_months as changed
    inner join spectrum.job_cost_transactions as posting
        on
            posting.company_code = {{ "company_code" | bound }}
            and changed.job_number = posting.job_number
            and changed.partition_month = posting._month
    group by posting.job_number, posting.phase_code, posting.cost_type, posting._month
),

gone as (
    select distinct
        posting.job_number,
        posting.phase_code,
        posting.cost_type,
        posting._month
    from _changed_months as changed
    inner join history.job_cost_transactions as posting
        on
            posting.company_code = {{ "company_code" | bound }}
            and changed.job_number = posting.job_number
            and changed.partition_month = posting._month
    where
        not {{ "whole" | bound }}
        and posting._valid_to >= {{ "since_job_cost_transactions" | bound }}
)

select
    {{ "company_code" | bound }}::text as company_code,
    coalesce(living.job_number, gone.job_number) as job_number,
    coalesce(living.phase_code, gone.phase_code) as phase_code,
    coalesce(living.cost_type, gone.cost_type) as cost_type,
    to_date(coalesce(living._month, gone._month), 'YYYYMM') as month,
    living.actual_cost,
    living.actual_hours,
    living.actual_quantity,
    living.transactions,
    living.job_number is null as is_gone
from living
full join gone
    on
        living.job_number = gone.job_number
        and living.phase_code = gone.phase_code
        and living.cost_type = gone.cost_type
        and living._month = gone._month
where living.is_changed or gone.job_number is not null
