-- The versions that end now: of rows that change and of rows that are deleted.
insert into {{ past | ident }} ({{ columns | idents }}, _valid_from, _valid_to)
select {{ columns | idents("staged") }}, staged._changed_at, {{ "read_at" | bound }}
from {{ staged | ident }} as staged
inner join _diff on {% for name in key %}staged.{{ name | ident }} = _diff.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

where _diff.action in ('update', 'delete')
