-- The postings behind a number of a job: of one phase and cost type, or of one month, or of both. Each row carries the
-- total of all of them, to compare with the number.
select
    postings.tran_date,
    postings.phase_code,
    postings.cost_type,
    postings.tran_type_code,
    postings.description,
    postings.vendor_name,
    postings.vendor_code,
    postings.reference_1,
    postings.total_hours,
    postings.quantity,
    postings.unit_of_measure,
    postings.tran_amount,
    sum(postings.tran_amount) over () as total,
    count(*) over () as postings
from spectrum.job_cost_transactions as postings
where
    postings.company_code = {{ "company" | bound }}
    and postings.job_number = {{ "job" | bound }}
    and ({{ "phase" | bound }}::text is null or postings.phase_code = {{ "phase" | bound }}::text)
    and ({{ "cost_type" | bound }}::text is null or postings.cost_type = {{ "cost_type" | bound }}::text)
    and ({{ "month" | bound }}::date is null or postings._month = to_char({{ "month" | bound }}::date, 'YYYYMM'))
order by postings.tran_date desc, postings._row_hash asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
