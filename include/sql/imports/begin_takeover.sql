-- What the other integration has left in Procore by the first look after a person confirmed that it is switched off.
insert into procore.foreign_ids (takeover_id, origin_id, record_id, name, origin_code)
select distinct on (records.origin_id)
    {{ "takeover" | bound }}::bigint,
    records.origin_id,
    records.record_id,
    records.name,
    records.origin_code
from procore.records
where
    records.object_name = {{ "object" | bound }}
    and records.company_code = {{ "company" | bound }}
    and records.gone_at is null
    and procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
order by records.origin_id, records.record_id
