-- The jobs and months of transactions that a sync has published since. A month whose last row is gone is among them.
create temporary table _changed_months on commit drop as
select
    job_number,
    partition_month
from sync.partitions
where
    company_code = {{ "company_code" | bound }}
    and read_at >= {{ "since_job_cost_transactions" | bound }}
