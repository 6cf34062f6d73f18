-- What is in Spectrum and linked, with who approved it, when, and how much; what was linked by hand has nobody and no
-- amount. `changes`: how many differences to what was exported Procore holds now, though it may no longer change.
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
    approvals.amount,
    (
        select count(*)
        from export.drift
        where
            drift.resolved_at is null
            and drift.object_name = queue.object_name
            and drift.company_code = queue.company_code
            and drift.record_id = queue.record_id
    ) as changes
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
    and (
        not {{ "changed" | bound }}::boolean
        or exists (
            select 1
            from export.drift
            where
                drift.resolved_at is null
                and drift.object_name = queue.object_name
                and drift.company_code = queue.company_code
                and drift.record_id = queue.record_id
        )
    )
