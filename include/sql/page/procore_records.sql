-- Records of Procore whose name, number or id holds a text, those that begin with it first, each with what it is linked
-- to.
select
    records.record_id,
    records.name,
    records.origin_code,
    records.is_active,
    records.fields ->> 'city' as city,
    records.fields ->> 'business_phone' as phone,
    links.spectrum_key
from procore.records
left join export.links
    on
        records.object_name = links.object_name
        and records.company_code = links.company_code
        and records.record_id = links.record_id
        and links.unlinked_at is null
where
    records.object_name = {{ "object" | bound }}
    and records.company_code = {{ "company" | bound }}
    and records.gone_at is null
    and strpos(
        lower(concat_ws(' ', records.name, records.origin_code, records.record_id)), lower({{ "search" | bound }}::text)
    ) > 0
order by
    strpos(lower(records.name), lower({{ "search" | bound }}::text)) = 1 desc,
    records.name asc,
    records.record_id asc
limit {{ "limit" | bound }}
