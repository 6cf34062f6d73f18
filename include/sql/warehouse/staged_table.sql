-- A staged table, the history of its rows and the view that joins both. Rendered from the table's spec.
{% set staged = 'spectrum.' ~ table.name %}
{% set past = 'history.' ~ table.name %}
{% set versions = 'history.' ~ table.name ~ '_versions' %}
{% set changed = 'history.' ~ table.name ~ '_changed' %}
create table if not exists {{ staged | ident }} (
    {% for name, type, constraint in columns + system %}
    {{ name | ident }} {{ type }}{{ constraint }}{{ "," if not loop.last }}
    {% endfor %}
);

-- A column that a later version of the spec adds: empty until its rows are staged again, so without a constraint.
{% for name, type, _ in columns %}
alter table {{ staged | ident }} add column if not exists {{ name | ident }} {{ type }};

{% endfor %}
-- A column that an earlier version of the spec did not let be blank.
{% for name, _, constraint in columns if not constraint %}
alter table {{ staged | ident }} alter column {{ name | ident }} drop not null;

{% endfor %}
{% if not table.partitioned %}
-- A partitioned table gets its index from its first publish: partition_index.sql.
create unique index if not exists {{ (table.name ~ '_key') | ident }}
on {{ staged | ident }} ({{ table.key | idents }});

{% endif %}
create table if not exists {{ past | ident }} (
    {% for name, type, _ in columns + system if name in version_columns %}
    {{ name | ident }} {{ type }},
    {% endfor %}
    _valid_from timestamptz not null,
    _valid_to timestamptz not null
);

{% for name, type, _ in columns %}
alter table {{ past | ident }} add column if not exists {{ name | ident }} {{ type }};

{% endfor %}
create index if not exists {{ (table.name ~ '_history') | ident }}
on {{ past | ident }} ({{ (['company_code', 'job_number', '_month'] if table.partitioned else table.key) | idents }});

{% if compared %}
drop view if exists {{ changed | ident }};

{% endif %}
-- As of a moment: where _valid_from <= moment and (_valid_to > moment or _valid_to is null).
drop view if exists {{ versions | ident }};

create view {{ versions | ident }} as
select
    {{ version_columns | idents }},
    _changed_at as _valid_from,
    null::timestamptz as _valid_to
from {{ staged | ident }}
where _deleted_at is null
union all
select
    {{ version_columns | idents }},
    _valid_from,
    _valid_to
from {{ past | ident }};

comment on view {{ versions | ident }} is 'Every version of every row, the current ones with an open _valid_to.';
{% if compared %}

-- Rows have no key, so a changed one is a row that goes and another that comes. Where of both there is just one with
-- the columns that probably tell rows apart, they are shown as one change.
create view {{ changed | ident }} as
with moves as (
    select
        {{ (table.told_apart_by + compared) | idents }},
        _valid_to as _changed_at,
        false as is_new
    from {{ past | ident }}
    union all
    select
        {{ (table.told_apart_by + compared) | idents }},
        _valid_from as _changed_at,
        true as is_new
    from {{ versions | ident }}
)

select
    {{ table.told_apart_by | idents }},
    _changed_at,
    {% for name in compared %}
    max({{ name | ident }}) filter (where not is_new) as {{ (name ~ '_before') | ident }},
    max({{ name | ident }}) filter (where is_new) as {{ (name ~ '_after') | ident }}{{ "," if not loop.last }}
    {% endfor %}
from moves
group by {{ table.told_apart_by | idents }}, _changed_at
having count(*) filter (where is_new) = 1 and count(*) filter (where not is_new) = 1;

comment on view {{ changed | ident }} is
'Rows that changed: one that went and one that came in the same sync, the only ones that these columns do not tell '
'apart. Before and after of every other column.';
{% endif %}
