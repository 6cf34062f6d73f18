-- After a mart was computed whole: rows that nothing stands for any more.
delete from {{ mart | ident }} as mart
where
    mart.company_code = {{ "company_code" | bound }}
    and not exists (
        select 1 from {{ fresh | ident }} as fresh
        where {% for name in key %}fresh.{{ name | ident }} = mart.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

    )
