-- How much money the figures lack, because rows of Spectrum are rejected: what these hold, less what their last good
-- versions are still counted with. A vendor's credit is positive in Spectrum, and takes off the figures. Computed whole each
-- time: few rows are rejected.
create temporary table _rejected_amounts on commit drop as
with amounts (table_name, amount_name, has_credits) as (
    values
    {% for table, name, _, has_credits in amounts %}
    ('{{ table }}', '{{ name }}', {{ "true" if has_credits else "false" }}){{ "," if not loop.last }}
    {% endfor %}
),

listed as (
    select
        rejected.object_name,
        rejected.table_name,
        coalesce(rejected.job_number, '') as job_number,
        coalesce(amounts.amount_name, '') as amount_name,
        amounts.amount_name is not null as has_amount,
        rejected.rejected_at,
        btrim(rejected.source_row ->> amounts.amount_name) as value,
        case when amounts.has_credits and btrim(rejected.source_row ->> 'invoice_type_code') = 'C' then -1 else 1 end
            as sign
    from sync.rejected_rows as rejected
    left join amounts on rejected.table_name = amounts.table_name
    where
        rejected.company_code = {{ "company_code" | bound }}
        and rejected.resolved_at is null
),

rejected as (
    select
        table_name,
        job_number,
        amount_name,
        min(object_name) as object_name,
        bool_or(has_amount) as has_amount,
        count(*) as rejected_rows,
        count(*) filter (
            where has_amount and coalesce(value, '') !~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$'
        ) as unreadable_rows,
        coalesce(
            sum(case when value ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' then sign * value::numeric end), 0
        ) as rejected_amount,
        min(rejected_at) as since
    from listed
    group by table_name, job_number, amount_name
),

kept as (
    {% for table, name, names_job, has_credits in amounts if table not in partitioned %}
    select
        '{{ table }}' as table_name,
        {{ "coalesce(job_number, '')" if names_job else "''" }} as job_number,
        '{{ name }}' as amount_name,
        count(*) as kept_rows,
        {% if has_credits %}
        coalesce(sum(case when invoice_type_code = 'C' then -{{ name | ident }} else {{ name | ident }} end), 0)
            as kept_amount
        {% else %}
        coalesce(sum({{ name | ident }}), 0) as kept_amount
        {% endif %}
    from spectrum.{{ table | ident }}
    where
        company_code = {{ "company_code" | bound }}
        and _deleted_at is null
        and _rejected_at is not null
        and exists (select 1 from listed where listed.table_name = '{{ table }}')
    {{ "group by coalesce(job_number, '')" if names_job else "having count(*) > 0" }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

-- A row may be kept on another job than the one it was rejected with.
select
    {{ "company_code" | bound }}::text as company_code,
    coalesce(rejected.table_name, kept.table_name) as table_name,
    coalesce(rejected.job_number, kept.job_number) as job_number,
    coalesce(rejected.amount_name, kept.amount_name) as amount_name,
    coalesce(
        rejected.object_name,
        (select min(listed.object_name) from listed where listed.table_name = kept.table_name)
    ) as object_name,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    coalesce(rejected.unreadable_rows, 0) as unreadable_rows,
    case when coalesce(rejected.has_amount, true) then coalesce(rejected.rejected_amount, 0) end as rejected_amount,
    coalesce(kept.kept_rows, 0) as kept_rows,
    case when coalesce(rejected.has_amount, true) then coalesce(kept.kept_amount, 0) end as kept_amount,
    coalesce(rejected.rejected_rows, 0) - coalesce(kept.kept_rows, 0) as missing_rows,
    case
        when coalesce(rejected.has_amount, true)
            then coalesce(rejected.rejected_amount, 0) - coalesce(kept.kept_amount, 0)
    end as missing_amount,
    rejected.since,
    false as is_gone
from rejected
full join kept
    on
        rejected.table_name = kept.table_name
        and rejected.job_number = kept.job_number
        and rejected.amount_name = kept.amount_name
