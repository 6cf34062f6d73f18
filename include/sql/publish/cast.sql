-- The typed rows of a landing: trimmed, cast and hashed. Rows that cannot be typed or break a row rule are left out
-- here and listed by reject.sql. The conditions come before the casts, so no cast ever meets a value it refuses.
-- `limit all` keeps a step apart: merged into one, each trim and cast would be worked out again wherever its value is
-- used. Parallel workers share the work (`offset 0` would keep them out); without `coalesce` the planner multiplies the
-- conditions' chances, expects one row, and leaves the hashes to one process.
create unlogged table {{ rows | ident }} as
with trimmed as (
    select
        {% for name, expression in trimmed %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        {{ "_checksum::bigint" if month_of else "null::bigint" }} as _checksum
    from {{ landing | ident }}
    limit all
),

typed as (
    select
        {% for name, expression in casts %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        _checksum
    from trimmed
    where
        coalesce(
            {% for condition in conditions %}
            {{ "and " if not loop.first }}{{ condition }}
            {% endfor %},
            false
        )
    limit all
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
