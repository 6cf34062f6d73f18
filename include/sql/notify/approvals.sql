-- Exports that wait for somebody: an answer, another run, or a look. A record on its way is its run's business; one
-- that has been so for an hour was left there by a run that is gone, and goes on with the next one.
select
    object_name,
    company_code,
    state::text as state,
    count(*) as records,
    min(changed_at) as since
from export.queue
where
    company_code = any({{ "companies" | bound }})
    and (
        state in ('queued', 'waiting', 'ready', 'unknown', 'failed')
        or (
            state in ('sending', 'sent', 'confirmed')
            and changed_at < clock_timestamp() - interval '1 hour'
        )
    )
group by object_name, company_code, state
order by company_code, object_name, state
