-- What the source must hold: the rows that are staged, and those that are rejected. A row that is kept because the
-- source's version of it is rejected is not counted: its rejected version is.
with staged as (
    select
        count(*) as row_count,
        {% for name, column in columns %}
        coalesce(sum({{ column }}), 0) as {{ column }},
        {% endfor %}
        1 as one
    from {{ staged | ident }}
    where company_code = %(company_code)s and _deleted_at is null and _rejected_at is null
),

rejected as (
    select
        count(*) as row_count,
        {% for name, column in columns %}
        coalesce(
            sum(
                case
                    when pg_input_is_valid(source_row ->> '{{ name }}', 'numeric')
                        then (source_row ->> '{{ name }}')::numeric
                end
            ),
            0
        ) as {{ column }},
        {% endfor %}
        1 as one
    from sync.rejected_rows
    where table_name = %(table_name)s and company_code = %(company_code)s and resolved_at is null
)

select
    staged.row_count + rejected.row_count{% for name, column in columns %},
    staged.{{ column }} + rejected.{{ column }}{% endfor %}

from staged
cross join rejected
