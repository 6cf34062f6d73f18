-- Records that carry the origin id of another integration: two may not write into one Procore company (N1). Where a
-- person has confirmed that it is switched off, those that it had not left there by then (N12).
select
    count(*) over () as marked,
    records.name,
    records.origin_id
from procore.records
where
    records.object_name = {{ "object" | bound }}
    and records.company_code = {{ "company" | bound }}
    and records.gone_at is null
    and procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
    and not exists (
        select from procore.foreign_ids
        where
            foreign_ids.takeover_id = {{ "takeover" | bound }}::bigint
            and foreign_ids.origin_id = records.origin_id
    )
    -- What was taken over and given back is not written by it.
    and not exists (
        select from procore.calls
        where
            {{ "takeover" | bound }}::bigint is not null
            and calls.object_name = records.object_name
            and calls.company_code = records.company_code
            and calls.record_id = records.record_id
            and calls.kind = 'take over'
            and calls.held_before ->> 'origin_id' = records.origin_id
    )
order by records.name, records.record_id
limit 5
