-- The jobs of some statuses and divisions, and from some start on, for a run that is narrowed to these.
select jobs.job_number
from {{ staged | ident }} as jobs
where
    jobs.company_code = {{ "company" | bound }}
    and jobs._deleted_at is null
    and ({{ "keys" | bound }}::text [] is null or lower(btrim(jobs.job_number)) = any({{ "keys" | bound }}::text []))
    and ({{ "statuses" | bound }}::text [] is null or jobs.status_code = any({{ "statuses" | bound }}::text []))
    and (
        ({{ "divisions" | bound }}::text [] is null and {{ "without_division" | bound }}::boolean is null)
        or btrim(jobs.division) = any({{ "divisions" | bound }}::text [])
        or ({{ "without_division" | bound }}::boolean and nullif(btrim(jobs.division), '') is null)
    )
    and (
        {{ "started_from" | bound }}::date is null
        or coalesce(jobs.start_date, jobs.est_start_date) >= {{ "started_from" | bound }}::date
    )
