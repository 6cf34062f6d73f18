-- Which rows of a landing cannot be staged, and the first rule that each breaks. A table of its own, since PostgreSQL
-- reads a landing with several processes for a new table, but not for an insert.
create temporary table _wrong on commit drop as
with trimmed as (
    select
        {% for name, expression in trimmed %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        ctid as _place
    from {{ landing | ident }}
    offset 0
)

select
    _place,
    case
        {% for rule in rules %}
        when not ({{ rule.condition }}) then {{ rule.number }}
        {% endfor %}
    end as _rule
from trimmed
where
    not (
        {% for rule in rules %}
        {{ "and " if not loop.first }}{{ rule.condition }}
        {% endfor %}
    )
