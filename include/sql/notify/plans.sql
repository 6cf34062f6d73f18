-- What of the open plans into Procore waits: for a decision, for the next run, for a permission, or for somebody to
-- correct what was refused. By object and company, with the first of each.
with waiting as (
    select
        plan_rows.object_name,
        plan_rows.company_code,
        plan_rows.changed_at,
        concat_ws(' ', plan_rows.spectrum_key, nullif(plan_rows.title, plan_rows.spectrum_key)) as row_name,
        plan_rows.reason,
        case
            when plan_rows.kind = 'undo' and plan_rows.state = 'ready' then 'undo'
            when plan_rows.kind = 'update' and plan_rows.state = 'suggested' then 'conflict'
            when plan_rows.state in ('ready', 'suggested') then 'undecided'
            when plan_rows.state = 'accepted' then 'accepted'
            when plan_rows.state = 'waiting for permission' then 'permission'
            -- What an export is at work on has no link yet: that ends by itself.
            when plan_rows.kind = 'waits' and links.record_id is not null then 'hidden'
            when plan_rows.state = 'failed' then 'failed'
            when plan_rows.kind = 'refused' then 'refused'
            when plan_rows.kind = 'gone' then 'gone'
            -- A row on its way is its run's business for an hour.
            when
                plan_rows.state in ('applying', 'unknown')
                and plan_rows.changed_at < clock_timestamp() - interval '1 hour'
                then 'standing'
        end as waits_for
    from procore.plan_rows
    inner join procore.plans on plan_rows.plan_id = plans.plan_id
    left join export.links
        on
            plan_rows.kind = 'waits'
            and plan_rows.object_name = links.object_name
            and plan_rows.company_code = links.company_code
            and plan_rows.record_id = links.record_id
            and links.unlinked_at is null
    where
        plans.state = 'open'
        and plans.company_code = any({{ "companies" | bound }})
        and plan_rows.state != 'left out'
),

numbered as (
    select
        waiting.*,
        row_number() over (
            partition by waiting.object_name, waiting.company_code, waiting.waits_for
            order by waiting.changed_at, waiting.row_name
        ) as place
    from waiting
    where waiting.waits_for is not null
)

select
    object_name,
    company_code,
    waits_for,
    count(*) as records,
    min(changed_at) as since,
    array_agg(
        case
            when waits_for in ('failed', 'refused', 'gone', 'conflict', 'standing')
                then concat_ws(': ', row_name, reason)
            else row_name
        end
        order by place
    ) filter (where place <= 3) as first_ones
from numbered
group by object_name, company_code, waits_for
order by company_code, object_name, waits_for
