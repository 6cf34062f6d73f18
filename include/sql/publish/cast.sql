-- The typed rows of a landing: trimmed, cast and hashed. Rows that cannot be typed or break a row rule are left out
-- here and listed by reject.sql. The conditions come before the casts, so no cast ever meets a value it refuses.
-- `offset 0` keeps a step apart: merged into one, each trim and cast would be worked out again wherever its value is used.
create unlogged table {{ rows | ident }} as
with trimmed as (
    select
        {% for name, expression in trimmed %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        {{ "_checksum::bigint" if month_of else "null::bigint" }} as _checksum
    from {{ landing | ident }}
    offset 0
),

typed as (
    select
        {% for name, expression in casts %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        _checksum
    from trimmed
    where
        {% for condition in conditions %}
        {{ "and " if not loop.first }}{{ condition }}
        {% endfor %}
    offset 0
),

complete as (
    select
        {% for name, expression in selected %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        _checksum
    from typed
)

select
    {% for name, _ in selected %}
    {{ name | ident }},
    {% endfor %}
    {% if month_of %}
    _checksum,
    to_char({{ month_of | ident }}, 'YYYYMM') as _month,
    {% endif %}
    md5(row({{ hashed | idents }})::text)::uuid as _row_hash
from complete
