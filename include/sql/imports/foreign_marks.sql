-- Records that carry the origin id of another integration: two may not write into one Procore company (N1).
select
    count(*) over () as marked,
    records.name,
    records.origin_id
from procore.records
where
    records.object_name = {{ "object" | bound }}
    and records.company_code = {{ "company" | bound }}
    and records.gone_at is null
    and records.origin_id is not null
    and not exists (
        select from unnest({{ "own" | bound }}::text []) as own (mark)
        where starts_with(lower(records.origin_id), lower(own.mark))
    )
order by records.name, records.record_id
limit 5
