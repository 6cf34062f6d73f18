-- Records of Procore, inactive ones too, so that none is doubled. Taken are those that an integration has marked, and those
-- that a link or an accepted row of a plan has: nothing is suggested for them, but their names count. While another
-- integration is taken over from, its records are not taken whose ERP id Spectrum does not have (N12).
with held as (
    select
        records.record_id,
        records.name,
        records.origin_code,
        records.is_active,
        records.fields,
        records.changed_at,
        records.origin_id is not null
        and not (
            {{ "taking_over" | bound }}::boolean
            and procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
            and not exists (
                select from {{ staged | ident }} as staged
                where
                    staged.company_code = {{ "company" | bound }}
                    and staged._deleted_at is null
                    and lower(btrim({{ key | ident }})) = lower(btrim(records.origin_code))
            )
        )
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
