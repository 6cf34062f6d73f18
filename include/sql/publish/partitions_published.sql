-- The partitions that this publish replaces: copied and stable, or gone. One that a newer reading has been published
-- for in the meantime is left alone, also where that reading found nothing to publish.
create temporary table {{ replaced | ident }} on commit drop as
select found.*
from {{ partitions | ident }} as found
left join sync.partitions as published
    on
        published.company_code = {{ "company_code" | bound }}
        and published.job_number = found.job_number
        and published.partition_month = found.partition_month
where
    ((found.copied and found.stable) or found.gone)
    and (published.read_at is null or published.read_at <= {{ "read_at" | bound }})
    and not exists (
        select 1 from sync.scopes as newer
        where
            newer.object_name = {{ "object_name" | bound }}
            and newer.company_code = {{ "company_code" | bound }}
            and newer.read_at > {{ "read_at" | bound }}
            and newer.job_number in ('', found.job_number)
            and newer.partition_month in ('', found.partition_month)
    )
