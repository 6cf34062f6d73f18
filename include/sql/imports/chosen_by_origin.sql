-- Records that carry our own origin id and are not linked here: created by a call whose answer was lost, or linked before
-- the warehouse was restored. They are those of their key, whatever they are called.
insert into _chosen (spectrum_key, record_id, score, attributes, exact, tied, candidates)
select distinct on (desired.spectrum_key)
    desired.spectrum_key,
    records.record_id,
    100 as score,
    array['our origin id'] as attributes,
    true as exact,
    false as tied,
    '[]'::jsonb as candidates
from _desired as desired
inner join procore.records
    on
        records.object_name = {{ "object" | bound }}
        and records.company_code = {{ "company" | bound }}
        and records.gone_at is null
        and upper(records.origin_id) in (
            'SPECTRUM:' || upper({{ "company" | bound }}::text) || ':' || upper(desired.spectrum_key),
            upper({{ "company" | bound }}::text) || ':' || upper(desired.spectrum_key)
        )
where
    -- What is under way has its own way to find out.
    not exists (
        select from procore.plan_rows
        where
            plan_rows.object_name = {{ "object" | bound }}
            and plan_rows.company_code = {{ "company" | bound }}
            and plan_rows.spectrum_key = desired.spectrum_key
            and plan_rows.state in ('applying', 'unknown', 'waiting for permission')
    )
    -- What was created and could not be seen is finished when it can: only what is set afterwards is missing.
    and not exists (
        select from procore.plan_rows
        where
            plan_rows.object_name = {{ "object" | bound }}
            and plan_rows.company_code = {{ "company" | bound }}
            and plan_rows.spectrum_key = desired.spectrum_key
            and plan_rows.state = 'accepted'
            and plan_rows.kind = 'create'
            and exists (select from procore.calls where calls.row_id = plan_rows.row_id)
            and not exists (
                select from
                    jsonb_each(
                        plan_rows.after - {{ "unshown" | bound }}::text [] - {{ "afterwards" | bound }}::text []
                    ) as sent
                where
                    sent.value != coalesce(
                        case sent.key
                            when 'origin_id' then to_jsonb(records.origin_id)
                            when 'origin_code' then to_jsonb(records.origin_code)
                            when 'is_active' then to_jsonb(records.is_active)
                            else records.fields -> sent.key
                        end,
                        'null'
                    )
            )
    )
    and not exists (
        select from export.links
        where
            links.object_name = {{ "object" | bound }}
            and links.company_code = {{ "company" | bound }}
            and links.unlinked_at is null
            and (links.record_id = records.record_id or lower(btrim(links.spectrum_key)) = lower(desired.spectrum_key))
    )
order by desired.spectrum_key, records.is_active desc, records.record_id
