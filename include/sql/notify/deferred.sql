-- Jobs and months that could not be published in several runs in a row and that nobody was told of, of the tables that
-- one Airflow run staged. One or two runs are no fault: somebody was posting.
select
    waiting.deferred_id,
    waiting.table_name,
    waiting.company_code,
    waiting.job_number,
    waiting.partition_month,
    waiting.source_rows,
    waiting.runs,
    waiting.since
from sync.deferred as waiting
where
    waiting.told_at is null
    and waiting.runs >= 3
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
