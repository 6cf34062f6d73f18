-- Records in some states, the last changed first, continued after one of them. Those that are complete can be accepted
-- as their form proposes: the export said so when it asked. What was shown is opened for the rows of the page alone.
with page as (
    select
        queue.*,
        concat_ws('/', queue.object_name, queue.company_code, queue.project_id, queue.record_id) as record_key
    from export.queue
    where
        queue.object_name = any({{ "objects" | bound }})
        and queue.company_code = any({{ "companies" | bound }})
        and queue.state = any({{ "states" | bound }})
        and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
        and (
            {{ "search" | bound }}::text is null
            or strpos(lower(queue.title), lower({{ "search" | bound }}::text)) > 0
        )
        and (not {{ "complete" | bound }}::boolean or coalesce((queue.shown ->> 'complete')::boolean, false))
        and (
            {{ "after_time" | bound }}::timestamptz is null
            or (
                queue.changed_at,
                concat_ws('/', queue.object_name, queue.company_code, queue.project_id, queue.record_id)
            ) < ({{ "after_time" | bound }}::timestamptz, {{ "after_key" | bound }}::text)
        )
    order by queue.changed_at desc, record_key desc
    limit {{ "limit" | bound }}
)

select
    page.object_name,
    page.company_code,
    page.project_id,
    page.record_id,
    page.title,
    page.project_name,
    page.state,
    page.broken,
    page.reason,
    page.remedy,
    page.cause,
    page.asks_dag_id,
    page.asks_run_id,
    page.asks_task_id,
    page.asks_map_index,
    page.first_seen_at,
    page.changed_at,
    page.record_key,
    opened.complete,
    opened.proposed,
    opened.totals,
    ledger.spectrum_key,
    ledger.decision,
    ledger.answered_by_name,
    ledger.answered_at
from page
left join export.ledger on page.attempt_id = ledger.attempt_id
left join lateral (
    select
        coalesce((page.shown ->> 'complete')::boolean, false) as complete,
        page.shown -> 'proposed' as proposed,
        page.shown -> 'totals' as totals
    where page.state = 'waiting'
) as opened on true
order by page.changed_at desc, page.record_key desc
