-- The typed rows of a landing: trimmed, cast and hashed. Rows that cannot be typed or break a row rule are left out
-- here and listed by reject.sql. The conditions come before the casts, so no cast ever meets a value it refuses.
create unlogged table {{ rows | ident }} as
with trimmed as (
    select
        {% for name, expression in trimmed %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        {{ "_checksum::bigint" if month_of else "null::bigint" }} as _checksum
    from {{ landing | ident }}
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
