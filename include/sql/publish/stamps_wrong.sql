-- Whether a sync of one object and company is stamped with a moment later than now: the server's clock was wrong once.
-- Such a sync would look newer than every later one.
select
    exists (
        select 1 from sync.landings
        where
            object_name = {{ "object_name" | bound }}
            and company_code = {{ "company_code" | bound }}
            and greatest(read_at, started_at, finished_at) > {{ "now" | bound }}
    )
    or exists (
        select 1 from sync.scopes
        where
            object_name = {{ "object_name" | bound }}
            and company_code = {{ "company_code" | bound }}
            and read_at > {{ "now" | bound }}
    )
    or exists (
        select 1 from sync.runs
        where
            object_name = {{ "object_name" | bound }}
            and company_code = {{ "company_code" | bound }}
            and greatest(read_at, finished_at) > {{ "now" | bound }}
    )
    or exists (
        select 1 from sync.partitions
        where
            {{ "partitioned" | bound }}
            and company_code = {{ "company_code" | bound }}
            and greatest(read_at, changed_at) > {{ "now" | bound }}
    )
