-- Take the books of one object and company back: each entry to the moment of its sync, and what names none to that of the
-- newest.
with landed as (
    update sync.landings as book
    set
        read_at = least(book.read_at, wrong.moment),
        started_at = least(book.started_at, wrong.moment),
        finished_at = case when book.finished_at > {{ "now" | bound }} then wrong.moment else book.finished_at end
    from _taken_back as wrong
    where book.landing_id = wrong.landing_id
),

ran as (
    update sync.runs as book
    set
        read_at = least(book.read_at, coalesce(wrong.moment, {{ "newest" | bound }})),
        started_at = least(book.started_at, coalesce(wrong.moment, {{ "newest" | bound }})),
        finished_at = case
            when book.finished_at > {{ "now" | bound }} then coalesce(wrong.moment, {{ "newest" | bound }})
            else book.finished_at
        end
    from sync.runs as same
    left join _taken_back as wrong on same.landing_id = wrong.landing_id
    where
        book.landing_id = same.landing_id
        and book.table_name = same.table_name
        and book.object_name = {{ "object_name" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and greatest(book.read_at, book.started_at, book.finished_at) > {{ "now" | bound }}
),

checked as (
    update sync.checks as book
    set checked_at = {{ "newest" | bound }}
    where
        book.object_name = {{ "object_name" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and book.checked_at > {{ "now" | bound }}
),

scoped as (
    update sync.scopes as book
    set
        read_at = coalesce(
            (select wrong.moment from _taken_back as wrong where wrong.landing_id = book.landing_id),
            {{ "newest" | bound }}
        )
    where
        book.object_name = {{ "object_name" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and book.read_at > {{ "now" | bound }}
),

fingerprinted as (
    update sync.partitions as book
    set
        read_at = least(book.read_at, {{ "newest" | bound }}),
        changed_at = least(book.changed_at, {{ "newest" | bound }})
    where
        {{ "partitioned" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and greatest(book.read_at, book.changed_at) > {{ "now" | bound }}
),

deferred as (
    update sync.deferred as book
    set
        since = least(book.since, {{ "newest" | bound }}),
        last_seen_at = least(book.last_seen_at, {{ "newest" | bound }})
    where
        {{ "partitioned" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and greatest(book.since, book.last_seen_at) > {{ "now" | bound }}
),

drifted as (
    update sync.drift as book
    set
        first_seen_at = least(book.first_seen_at, {{ "newest" | bound }}),
        last_seen_at = least(book.last_seen_at, {{ "newest" | bound }}),
        resolved_at = case when book.resolved_at > {{ "now" | bound }} then {{ "newest" | bound }} else book.resolved_at end
    where
        book.object_name = {{ "object_name" | bound }}
        and book.company_code = {{ "company_code" | bound }}
        and greatest(book.first_seen_at, book.last_seen_at, book.resolved_at) > {{ "now" | bound }}
)

update sync.rejected_rows as book
set
    rejected_at = least(book.rejected_at, {{ "newest" | bound }}),
    resolved_at = case when book.resolved_at > {{ "now" | bound }} then {{ "newest" | bound }} else book.resolved_at end
where
    book.object_name = {{ "object_name" | bound }}
    and book.company_code = {{ "company_code" | bound }}
    and greatest(book.rejected_at, book.resolved_at) > {{ "now" | bound }}
