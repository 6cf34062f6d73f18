-- Records of Procore that may be linked, inactive ones too, so that none is doubled: those that no integration has marked,
-- and that neither a link nor an accepted row of a plan has.
select
    records.record_id,
    records.name,
    records.origin_code,
    records.is_active,
    records.fields
from procore.records
where
    records.object_name = {{ "object" | bound }}
    and records.company_code = {{ "company" | bound }}
    and records.gone_at is null
    and records.origin_id is null
    and ({{ "since" | bound }}::timestamptz is null or records.changed_at > {{ "since" | bound }}::timestamptz)
    and not exists (select from _chosen as chosen where chosen.record_id = records.record_id)
    and not exists (
        select from export.links
        where
            links.object_name = records.object_name
            and links.company_code = records.company_code
            and links.record_id = records.record_id
            and links.unlinked_at is null
    )
