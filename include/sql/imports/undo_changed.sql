-- Accepted rows of an undo whose record is another one than when they were accepted.
select
    plan_rows.row_id,
    plan_rows.spectrum_key
from procore.plan_rows
left join procore.records
    on
        plan_rows.object_name = records.object_name
        and plan_rows.company_code = records.company_code
        and plan_rows.record_id = records.record_id
        and records.gone_at is null
where
    plan_rows.plan_id = {{ "plan" | bound }}
    and plan_rows.state = 'accepted'
    and plan_rows.kind = 'undo'
    and (
        records.record_id is null
        or exists (
            select from jsonb_each(plan_rows.before) as held
            where
                held.value != coalesce(
                    case held.key
                        when 'origin_id' then to_jsonb(records.origin_id)
                        when 'origin_code' then to_jsonb(records.origin_code)
                        when 'is_active' then to_jsonb(records.is_active)
                        else records.fields -> held.key
                    end,
                    'null'
                )
        )
    )
