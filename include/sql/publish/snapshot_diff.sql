-- What a snapshot changes, one row a key: insert, update, revive (it had been deleted), accept (it had been kept for
-- a rejected row), flag (the source's version is rejected: keep the last good one) or delete. Unchanged rows are absent.
-- A missing row counts as deleted only where its absence is certain: not when a rejected row has its key, and not
-- while a rejected row of the same job has a key that cannot be read: because a part of it is blank, or holds a
-- character that no table can hold. Where the job number itself cannot be read, the row may be of any job.
create temporary table {{ changes | ident }} on commit drop as
with landed as (
    select {{ key | idents }}, _row_hash
    from {{ rows | ident }}
    where {{ scope }}
),

staged as (
    select {{ key | idents }}, _row_hash, _deleted_at, _rejected_at
    from {{ staged | ident }}
    where company_code = {{ "company_code" | bound }} and {{ scope }}
),

rejected as (
    select distinct {% for name in key %}row_key ->> '{{ name }}' as {{ name | ident }}{{ ", " if not loop.last }}{% endfor %}

    from {{ rejects | ident }}
    where row_key is not null
),

unreadable as (
    select distinct
        {% if by_job %}
        case when job_number = translate(job_number, {{ "marks" | bound }}, '') then job_number end as job_number
        {% else %}
        null::text as job_number
        {% endif %}
    from (
        select job_number, row_key from {{ rejects | ident }}
        {% if narrowed %}
        -- A run that is narrowed to jobs does not meet the rows whose job cannot be read: they are listed.
        union all
        select job_number, row_key
        from sync.rejected_rows
        where
            table_name = {{ "table_name" | bound }}
            and company_code = {{ "company_code" | bound }}
            and resolved_at is null
            and (job_number is null or job_number <> translate(job_number, {{ "marks" | bound }}, ''))
        {% endif %}
    ) as listed
    where row_key is null or row_key::text <> translate(row_key::text, {{ "marks" | bound }}, '')
),

compared as (
    select
        {% for name in key %}
        coalesce(landed.{{ name | ident }}, staged.{{ name | ident }}) as {{ name | ident }},
        {% endfor %}
        case
            when staged._row_hash is null then 'insert'
            when landed._row_hash is not null and staged._deleted_at is not null then 'revive'
            when landed._row_hash is not null and landed._row_hash <> staged._row_hash then 'update'
            when landed._row_hash is not null and staged._rejected_at is not null then 'accept'
            when landed._row_hash is null and staged._deleted_at is null then 'missing'
        end as action,
        staged._rejected_at is not null as flagged
    from landed
    full join staged on {% for name in key %}landed.{{ name | ident }} = staged.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

)

select
    {{ key | idents("compared") }},
    case when compared.action <> 'missing' then compared.action when kept then 'flag' else 'delete' end as action
from compared
cross join lateral (
    select
        exists (
            select 1 from rejected
            where {% for name in key %}rejected.{{ name | ident }} = compared.{{ name | ident }}{{ " and " if not loop.last }}{% endfor %}

        )
        or exists (
            select 1 from unreadable
            where {{ "unreadable.job_number is null or unreadable.job_number = compared.job_number" if by_job else "true" }}
        ) as kept
) as certainty
where compared.action is not null and not (compared.action = 'missing' and kept and compared.flagged)
