-- The rows of a mart that differ from what has just been computed; the others are not touched.
merge into {{ mart | ident }} as mart
using {{ fresh | ident }} as fresh
on {% for name in key %}mart.{{ name | ident }} = fresh.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

when matched and fresh.is_gone then
    delete
when matched and ({{ columns | idents("mart") }}) is distinct from ({{ columns | idents("fresh") }}) then
    update set {% for name in columns %}{{ name | ident }} = fresh.{{ name | ident }}{{ ", " if not loop.last }}{% endfor %}

when not matched and not fresh.is_gone then
    insert ({{ (key + columns) | idents }}) values ({{ (key + columns) | idents("fresh") }})
