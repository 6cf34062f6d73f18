-- Of a table that was empty before, every job and month that the source holds has changed.
insert into sync.changed_partitions (landing_id, company_code, run_id, job_number, partition_month)
select
    {{ "landing_id" | bound }}::bigint,
    {{ "company_code" | bound }},
    {{ "run_id" | bound }},
    job_number,
    partition_month
from {{ replaced | ident }}
where source_rows > 0
on conflict do nothing
