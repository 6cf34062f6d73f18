-- Jobs and months that could not be published and that nobody was told of, of the tables that one Airflow run staged.
-- Those that the guard of rejected rows holds back are told of at once; those that change while they are copied only
-- after several runs in a row, since one or two are no fault: somebody was posting.
select
    waiting.deferred_id,
    waiting.table_name,
    waiting.company_code,
    waiting.job_number,
    waiting.partition_month,
    waiting.source_rows,
    waiting.runs,
    waiting.since,
    waiting.reason as kind,
    waiting.rejected_rows
from sync.deferred as waiting
where
    waiting.told_at is null
    and (waiting.runs >= 3 or waiting.reason = 'rejected')
    and exists (
        select 1
        from sync.runs as runs
        where
            runs.dag_id = {{ "dag_id" | bound }}
            and runs.run_id = {{ "run_id" | bound }}
            and runs.table_name = waiting.table_name
            and runs.company_code = waiting.company_code
    )
order by waiting.company_code, waiting.job_number, waiting.partition_month
