-- Values of a landing that hold a mark in place of a character that PostgreSQL or XML cannot hold, by column: how many,
-- and the first rows with what they are known by. Of columns that tell what people earn no value is shown.
with marked as (
    select
        jsonb_build_object({% for name in known_by %}'{{ name }}', btrim({{ name | ident }}){{ ", " if not loop.last }}{% endfor %}) as record,
        value.column_name,
        value.held
    from {{ landing | ident }}
    cross join lateral (
        values {% for name in columns %}('{{ name }}', {{ name | ident }}){{ ", " if not loop.last }}{% endfor %}

    ) as value (column_name, held)
    where value.held ~ ('[' || {{ "marks" | bound }} || ']')
)

select
    column_name,
    count(*) as value_count,
    (array_agg(
        record || jsonb_build_object(
            'column_name', column_name,
            'value', case
                when column_name <> all({{ "personal" | bound }}::text[])
                    then translate(held, {{ "marks" | bound }}, {{ "symbols" | bound }})
            end
        )
        order by record::text
    ))[1:20] as examples
from marked
group by column_name
order by column_name
