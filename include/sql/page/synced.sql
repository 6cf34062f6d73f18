-- What is in Spectrum and linked, with who approved it, when, and how much; what was linked by hand has nobody and no
-- amount. Sorted as the person asks; the record's key makes the order of equals the same on every page.
select
    queue.object_name,
    queue.company_code,
    queue.project_id,
    queue.record_id,
    queue.title,
    queue.state::text as state,
    queue.changed_at,
    queue.project_name,
    approvals.spectrum_key,
    approvals.answered_by_name,
    approvals.answered_at,
    approvals.amount
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
order by
    case when {{ "sort" | bound }}::text = 'title' then queue.title end asc nulls last,
    case when {{ "sort" | bound }}::text = '-title' then queue.title end desc nulls last,
    case when {{ "sort" | bound }}::text = 'approver' then approvals.answered_by_name end asc nulls last,
    case when {{ "sort" | bound }}::text = '-approver' then approvals.answered_by_name end desc nulls last,
    case when {{ "sort" | bound }}::text = 'amount' then approvals.amount end asc nulls last,
    case when {{ "sort" | bound }}::text = '-amount' then approvals.amount end desc nulls last,
    case when {{ "sort" | bound }}::text = 'synced' then queue.changed_at end asc,
    queue.changed_at desc,
    queue.object_name asc,
    queue.company_code asc,
    queue.project_id asc,
    queue.record_id asc
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
