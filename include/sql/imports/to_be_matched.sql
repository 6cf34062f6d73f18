-- Records of Procore, inactive ones too, so that none is doubled. Taken are those that an integration has marked, and those
-- that a link or an accepted row of a plan has: nothing is suggested for them, but their names count.
with held as (
    select
        records.record_id,
        records.name,
        records.origin_code,
        records.is_active,
        records.fields,
        records.changed_at,
        records.origin_id is not null
        or exists (select from _chosen as chosen where chosen.record_id = records.record_id)
        or exists (
            select from export.links
            where
                links.object_name = records.object_name
                and links.company_code = records.company_code
                and links.record_id = records.record_id
                and links.unlinked_at is null
        ) as is_taken
    from procore.records
    where
        records.object_name = {{ "object" | bound }}
        and records.company_code = {{ "company" | bound }}
        and records.gone_at is null
)

select
    record_id,
    name,
    origin_code,
    is_active,
    fields,
    is_taken
from held
where
    {{ "since" | bound }}::timestamptz is null
    or changed_at > {{ "since" | bound }}::timestamptz and not is_taken
