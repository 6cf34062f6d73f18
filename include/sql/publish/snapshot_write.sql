-- The rows that are new, changed or back again.
merge into {{ staged | ident }} as staged
using (
    select {{ columns | idents("landed") }}, landed._row_hash, changes.action
    from {{ rows | ident }} as landed
    inner join {{ changes | ident }} as changes on {% for name in key %}landed.{{ name | ident }} = changes.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

    where changes.action in ('insert', 'update', 'revive')
) as landed
on {% for name in key %}staged.{{ name | ident }} = landed.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

when matched then
    update set
        {% for name in columns %}
        {{ name | ident }} = landed.{{ name | ident }},
        {% endfor %}
        _row_hash = landed._row_hash,
        _run_id = {{ "run_id" | bound }},
        _read_at = {{ "read_at" | bound }},
        _changed_at = {{ "read_at" | bound }},
        _deleted_at = null,
        _rejected_at = null
when not matched then
    insert ({{ columns | idents }}, _row_hash, _run_id, _read_at, _changed_at)
    values ({{ columns | idents("landed") }}, landed._row_hash, {{ "run_id" | bound }}, {{ "read_at" | bound }}, {{ "read_at" | bound }})
