-- Records that another integration has marked, by the ERP id that it has left on them: that was its link (N12). It counts
-- whether the record is still offered or not, since exports need the pair. Where several carry the same one, a person has
-- to choose.
with marked as (
    select
        desired.spectrum_key,
        records.record_id,
        count(*) over (partition by desired.spectrum_key) as records,
        row_number() over (
            partition by desired.spectrum_key
            order by records.is_active desc, records.record_id
        ) as place,
        lower(btrim(records.name)) = lower(btrim(desired.title)) as is_same_name
    from _desired as desired
    inner join procore.records
        on
            records.object_name = {{ "object" | bound }}
            and records.company_code = {{ "company" | bound }}
            and records.gone_at is null
            and lower(btrim(records.origin_code)) = lower(btrim(desired.spectrum_key))
    where
        procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
        and not exists (select from _chosen as chosen where chosen.spectrum_key = desired.spectrum_key)
        and not exists (select from _chosen as chosen where chosen.record_id = records.record_id)
        and not exists (
            select from export.links
            where
                links.object_name = {{ "object" | bound }}
                and links.company_code = {{ "company" | bound }}
                and links.unlinked_at is null
                and (
                    links.record_id = records.record_id
                    or lower(btrim(links.spectrum_key)) = lower(btrim(desired.spectrum_key))
                )
        )
)

insert into _chosen (spectrum_key, record_id, score, attributes, exact, tied, candidates, by_erp_id)
select
    marked.spectrum_key,
    min(marked.record_id) filter (where marked.place = 1) as record_id,
    100 as score,
    case when bool_and(marked.is_same_name) then array['same ERP id', 'same name'] else array['same ERP id'] end
        as attributes,
    min(marked.records) = 1 as exact,
    min(marked.records) > 1 as tied,
    jsonb_agg(
        jsonb_build_object('record_id', marked.record_id, 'score', 100, 'attributes', array['same ERP id'])
        order by marked.place
    ) as candidates,
    true as by_erp_id
from marked
group by marked.spectrum_key
