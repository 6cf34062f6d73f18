-- What the source must hold: the rows that are staged, and those that are rejected. A row that is kept because the
-- source's version of it is rejected is not counted: its rejected version is. Left out are rows that the reader does not
-- show, and jobs and months that are held back.
with staged as (
    select
        count(*) as row_count,
        {% for name in columns %}
        coalesce(sum({{ name | ident }}), 0) as {{ name | ident }},
        {% endfor %}
        1 as one
    from {{ staged | ident }}
    where
        company_code = {{ "company_code" | bound }}
        and _deleted_at is null
        and _rejected_at is null
        {% if hidden %}
        and {{ hidden | ident }} is distinct from 'I'
        {% endif %}
        {% if held %}
        and (job_number, _month) not in (
            select * from unnest({{ "held_jobs" | bound }}::text[], {{ "held_months" | bound }}::text[])
        )
        {% endif %}
),

rejected as (
    select
        count(*) as row_count,
        {% for name in columns %}
        coalesce(
            sum(
                case
                    when pg_input_is_valid(source_row ->> '{{ name }}', 'numeric')
                        then (source_row ->> '{{ name }}')::numeric
                end
            ),
            0
        ) as {{ name | ident }},
        {% endfor %}
        1 as one
    from sync.rejected_rows
    where
        table_name = {{ "table_name" | bound }}
        and company_code = {{ "company_code" | bound }}
        and resolved_at is null
        {% if held %}
        and (coalesce(job_number, ''), coalesce(partition_month, '')) not in (
            select * from unnest({{ "held_jobs" | bound }}::text[], {{ "held_months" | bound }}::text[])
        )
        {% endif %}
)

select
    staged.row_count + rejected.row_count{% for name in columns %},
    staged.{{ name | ident }} + rejected.{{ name | ident }}{% endfor %}

from staged
cross join rejected
