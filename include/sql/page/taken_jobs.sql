-- Jobs that Spectrum had under a number at the last sync, complete ones too: a number is never used twice.
select
    asked.place,
    jobs.job_description as title,
    jobs._read_at as read_at
from
    unnest({{ "keys" | bound }}::text[], {{ "companies" | bound }}::text[])
    with ordinality as asked (key, company_code, place)
inner join spectrum.jobs
    on
        asked.company_code = jobs.company_code
        and export.compared('job', asked.key) = upper(jobs.job_number)
where jobs._deleted_at is null
