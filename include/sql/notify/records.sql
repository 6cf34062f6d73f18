-- The records themselves that wait for a person: for an answer, for a correction, or for somebody to go on with them.
-- The first of each kind, those that wait longest first, with how many of the kind there are.
select
    counted.kind,
    counted.object_name,
    counted.company_code,
    counted.project_id,
    counted.record_id,
    counted.title,
    counted.changed_at,
    counted.why,
    counted.totals,
    counted.records
from (
    select
        kinds.kind,
        queue.object_name,
        queue.company_code,
        queue.project_id,
        queue.record_id,
        queue.title,
        queue.changed_at,
        coalesce(queue.reason, queue.broken -> 0 ->> 'message') as why,
        case when queue.state = 'waiting' then queue.shown -> 'totals' end as totals,
        count(*) over (partition by kinds.kind) as records,
        row_number() over (partition by kinds.kind order by queue.changed_at, queue.record_id) as place
    from export.queue
    inner join (
        values
        ('waiting', 'waiting'), ('not_ready', 'failed'), ('failed', 'failed'), ('sending', 'sending'),
        ('unknown', 'sending'), ('sent', 'sending'), ('confirmed', 'sending')
    ) as kinds (state, kind)
        on queue.state = kinds.state
    where
        queue.company_code = any({{ "companies" | bound }})
        -- A record on its way is its run's business for an hour.
        and (kinds.kind <> 'sending' or queue.changed_at < clock_timestamp() - interval '1 hour')
) as counted
where counted.place <= {{ "max_records" | bound }}
order by array_position(array['waiting', 'failed', 'sending'], counted.kind), counted.place
