-- The partitions that this publish replaces: copied and stable, or gone. One that a newer reading has been published
-- for in the meantime is left alone.
create temporary table _partitions on commit drop as
select found.*
from {{ partitions | ident }} as found
left join sync.partitions as published
    on
        published.company_code = %(company_code)s
        and published.job_number = found.job_number
        and published.partition_month = found.partition_month
where
    ((found.copied and found.stable) or found.gone)
    and (published.read_at is null or published.read_at <= %(read_at)s)
