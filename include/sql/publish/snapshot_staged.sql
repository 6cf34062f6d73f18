-- What a staged table holds of a company, as one text: how many rows live, are deleted, or are kept for a rejected row,
-- the checksum of each, and how many rows are listed as rejected. Any write to them since, ours or not, changes it.
select
    concat_ws(
        ' ',
        count(*) filter (where _deleted_at is null),
        sum(hash) filter (where _deleted_at is null),
        count(*) filter (where _deleted_at is not null),
        sum(hash) filter (where _deleted_at is not null),
        count(*) filter (where _rejected_at is not null),
        sum(hash) filter (where _rejected_at is not null),
        (
            select count(*)
            from sync.rejected_rows
            where
                table_name = {{ "table_name" | bound }}
                and company_code = {{ "company_code" | bound }}
                and resolved_at is null
        )
    )
from (
    select
        _deleted_at,
        _rejected_at,
        uuid_hash_extended(_row_hash, 0)::numeric as hash
    from {{ staged | ident }}
    where company_code = {{ "company_code" | bound }}
) as company
