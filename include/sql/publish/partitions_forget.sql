-- Rows that belong to no publishable partition are not checked and not published: of partitions that moved while they
-- were copied, and of ones that appeared after the fingerprints were taken.
delete from {{ relation | ident }} as landed
where
    not exists (
        select 1 from {{ partitions | ident }} as found
        where
            found.copied
            and found.stable
            and found.job_number = coalesce(landed.job_number, '')
            and found.partition_month = landed.{{ month | ident }}
    )
