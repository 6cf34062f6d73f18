-- The versions that end now: of rows that change and of rows that are deleted.
insert into {{ past | ident }} ({{ columns | idents }}, _valid_from, _valid_to)
select {{ columns | idents("staged") }}, staged._changed_at, {{ "read_at" | bound }}
from {{ staged | ident }} as staged
inner join {{ changes | ident }} as changes on {% for name in key %}staged.{{ name | ident }} = changes.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

where changes.action in ('update', 'delete')
