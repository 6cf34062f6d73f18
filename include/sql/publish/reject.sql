-- The rows of a landing that cannot be staged, each with the first column that is wrong, its value and the reason. In what
-- people see, symbols stand for characters that no table can hold.
insert into {{ rejects | ident }} (job_number, partition_month, row_key, column_name, value, reason, source_row)
with wrong as (
    select
        {% for name, expression in trimmed %}
        {{ expression }} as {{ name | ident }},
        {% endfor %}
        _wrong._rule,
        to_jsonb(raw) as _source
    from {{ landing | ident }} as raw
    inner join _wrong on raw.ctid = _wrong._place
)

select
    {{ 'job_number' if names_job else 'null::text' }},
    {{ "coalesce(left(" ~ (month_of | ident) ~ ", 6), '')" if month_of else 'null::text' }},
    {% if key %}
    case
        when num_nulls({{ key | idents }}) = 0
            then jsonb_build_object({% for name in key %}'{{ name }}', {{ name | ident }}{{ ", " if not loop.last }}{% endfor %})
    end,
    {% else %}
    null::jsonb,
    {% endif %}
    case _rule {% for rule in rules %} when {{ rule.number }} then '{{ rule.column }}'{% endfor %} end,
    translate(
        case _rule {% for rule in rules %} when {{ rule.number }} then {{ rule.column | ident }}{% endfor %} end,
        {{ "marks" | bound }},
        {{ "symbols" | bound }}
    ),
    case _rule {% for rule in rules %} when {{ rule.number }} then {{ rule.reason }}{% endfor %} end,
    translate(
        (_source - {{ "personal" | bound }}::text[])::text, {{ "marks" | bound }}, {{ "symbols" | bound }}
    )::jsonb
from wrong
