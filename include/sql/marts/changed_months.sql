-- The jobs and months whose transactions a sync has changed since. A month whose last row is gone is among them. A sync
-- that copied without asking whether anything had changed (a full refresh, a backfill) may have mended rows that somebody
-- had changed by hand, which no fingerprint tells: all that it copied is looked at.
create temporary table _changed_months on commit drop as
select
    job_number,
    partition_month
from sync.partitions
where
    company_code = {{ "company_code" | bound }}
    and (
        changed_at >= {{ "since_job_cost_transactions" | bound }}
        or landing_id in (
            select landing.landing_id
            from _news as news
            inner join sync.landings as landing on news.landing_id = landing.landing_id
            where
                news.table_name = 'job_cost_transactions'
                and (landing.scope @> '{"full_refresh": true}' or landing.scope -> 'months' <> '[]')
        )
    )
