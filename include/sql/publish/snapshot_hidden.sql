-- This reader shows active rows only: one that it no longer shows is inactive, not deleted.
insert into {{ rows | ident }} ({{ columns | idents }}, _row_hash)
select {{ columns | idents }}, md5(row({{ columns | idents }})::text)::uuid
from (
    select {% for name in columns %}{{ "'I'::text" if name == status else "staged." ~ (name | ident) }} as {{ name | ident }}{{ ", " if not loop.last }}{% endfor %}

    from {{ staged | ident }} as staged
    where
        staged.company_code = {{ "company_code" | bound }}
        and staged._deleted_at is null
        and not exists (
            select 1 from {{ rows | ident }} as landed
            where {% for name in key %}landed.{{ name | ident }} = staged.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

        )
        and not exists (
            select 1 from {{ rejects | ident }} as rejected
            where
                rejected.row_key is null
                or rejected.row_key::text <> translate(rejected.row_key::text, {{ "marks" | bound }}, '')
                or ({% for name in key %}rejected.row_key ->> '{{ name }}' = staged.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %})
        )
) as hidden
