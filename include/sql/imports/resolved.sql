-- Rows whose answer was lost and that Procore has taken all the same: it holds what was sent.
select
    plan_rows.row_id,
    records.record_id
from procore.plan_rows
inner join procore.records
    on
        plan_rows.object_name = records.object_name
        and plan_rows.company_code = records.company_code
        and records.gone_at is null
        and case
            when plan_rows.kind = 'create' then lower(plan_rows.origin_id) = lower(records.origin_id)
            else plan_rows.record_id = records.record_id
        end
where
    plan_rows.object_name = {{ "object" | bound }}
    and plan_rows.company_code = {{ "company" | bound }}
    and plan_rows.state in ('unknown', 'waiting for permission')
    and not exists (
        select from jsonb_each(plan_rows.after) as sent
        where
            sent.key != all({{ "unshown" | bound }}::text [])
            and sent.value != coalesce(
                case sent.key
                    when 'origin_id' then to_jsonb(records.origin_id)
                    when 'origin_code' then to_jsonb(records.origin_code)
                    when 'is_active' then to_jsonb(records.is_active)
                    else records.fields -> sent.key
                end,
                'null'
            )
    )
