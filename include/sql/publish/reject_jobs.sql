-- Jobs that a web service cannot be asked for are listed as one rejected row each: nothing of them was read, so nothing of
-- them counts as deleted.
insert into {{ rejects | ident }} (job_number, row_key, column_name, value, reason, source_row)
select
    asked.job_number,
    null::jsonb,
    'job_number',
    asked.shown,
    {{ "reason" | bound }},
    jsonb_build_object('company_code', {{ "company_code" | bound }}::text, 'job_number', asked.shown)
from unnest({{ "jobs" | bound }}::text[], {{ "shown" | bound }}::text[]) as asked (job_number, shown)
