-- How many records were synced and how much they come to, over all pages of the list, a row an object: the amounts of
-- two objects are different money, and are never added up.
select
    queue.object_name,
    count(*) as records,
    sum(approvals.amount) as amount
from export.queue
left join export.approvals on queue.attempt_id = approvals.attempt_id
where
    queue.state = 'linked'
    and queue.object_name = any({{ "objects" | bound }})
    and queue.company_code = any({{ "companies" | bound }})
    and ({{ "project" | bound }}::text is null or queue.project_id = {{ "project" | bound }}::text)
    and (
        {{ "search" | bound }}::text is null
        or strpos(lower(queue.title), lower({{ "search" | bound }}::text)) > 0
    )
    and ({{ "since" | bound }}::timestamptz is null or queue.changed_at >= {{ "since" | bound }}::timestamptz)
    and ({{ "until" | bound }}::timestamptz is null or queue.changed_at < {{ "until" | bound }}::timestamptz)
    and ({{ "approver" | bound }}::text is null or approvals.answered_by_name = {{ "approver" | bound }}::text)
group by queue.object_name
order by queue.object_name
