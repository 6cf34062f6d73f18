-- Set the stamps of the syncs of one object and company back: each entry to the moment of its sync, and what names none
-- to that of the newest.
with landed as (
    update sync.landings as entry
    set
        read_at = least(entry.read_at, wrong.moment),
        started_at = least(entry.started_at, wrong.moment),
        finished_at = case when entry.finished_at > {{ "now" | bound }} then wrong.moment else entry.finished_at end
    from _taken_back as wrong
    where entry.landing_id = wrong.landing_id
),

ran as (
    update sync.runs as entry
    set
        read_at = least(entry.read_at, coalesce(wrong.moment, {{ "newest" | bound }})),
        started_at = least(entry.started_at, coalesce(wrong.moment, {{ "newest" | bound }})),
        finished_at = case
            when entry.finished_at > {{ "now" | bound }} then coalesce(wrong.moment, {{ "newest" | bound }})
            else entry.finished_at
        end
    from sync.runs as same
    left join _taken_back as wrong on same.landing_id = wrong.landing_id
    where
        entry.landing_id = same.landing_id
        and entry.table_name = same.table_name
        and entry.object_name = {{ "object_name" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and greatest(entry.read_at, entry.started_at, entry.finished_at) > {{ "now" | bound }}
),

checked as (
    update sync.checks as entry
    set checked_at = {{ "newest" | bound }}
    where
        entry.object_name = {{ "object_name" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and entry.checked_at > {{ "now" | bound }}
),

scoped as (
    update sync.scopes as entry
    set
        read_at = coalesce(
            (select wrong.moment from _taken_back as wrong where wrong.landing_id = entry.landing_id),
            {{ "newest" | bound }}
        )
    where
        entry.object_name = {{ "object_name" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and entry.read_at > {{ "now" | bound }}
),

fingerprinted as (
    update sync.partitions as entry
    set
        read_at = least(entry.read_at, {{ "newest" | bound }}),
        changed_at = least(entry.changed_at, {{ "newest" | bound }})
    where
        {{ "partitioned" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and greatest(entry.read_at, entry.changed_at) > {{ "now" | bound }}
),

deferred as (
    update sync.deferred as entry
    set
        since = least(entry.since, {{ "newest" | bound }}),
        last_seen_at = least(entry.last_seen_at, {{ "newest" | bound }})
    where
        {{ "partitioned" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and greatest(entry.since, entry.last_seen_at) > {{ "now" | bound }}
),

drifted as (
    update sync.drift as entry
    set
        first_seen_at = least(entry.first_seen_at, {{ "newest" | bound }}),
        last_seen_at = least(entry.last_seen_at, {{ "newest" | bound }}),
        resolved_at = case when entry.resolved_at > {{ "now" | bound }} then {{ "newest" | bound }} else entry.resolved_at end
    where
        entry.object_name = {{ "object_name" | bound }}
        and entry.company_code = {{ "company_code" | bound }}
        and greatest(entry.first_seen_at, entry.last_seen_at, entry.resolved_at) > {{ "now" | bound }}
)

update sync.rejected_rows as entry
set
    rejected_at = least(entry.rejected_at, {{ "newest" | bound }}),
    resolved_at = case when entry.resolved_at > {{ "now" | bound }} then {{ "newest" | bound }} else entry.resolved_at end
where
    entry.object_name = {{ "object_name" | bound }}
    and entry.company_code = {{ "company_code" | bound }}
    and greatest(entry.rejected_at, entry.resolved_at) > {{ "now" | bound }}
