-- The jobs and months of the rows that a publish wrote, for whoever continues from there; a part of other statements.
insert into sync.changed_partitions (landing_id, company_code, run_id, job_number, partition_month)
select distinct
    {{ "landing_id" | bound }}::bigint,
    {{ "company_code" | bound }},
    {{ "run_id" | bound }},
    job_number,
    {{ month | ident }}
from {{ written | ident }}
on conflict do nothing
