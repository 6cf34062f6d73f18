-- Records that another integration has marked and that nothing of Spectrum was found for: each has a row that says so
-- (N12). So has one that is linked and carries such an id again.
insert into _rows
select
    'Procore ' || records.record_id as spectrum_key,
    records.name as title,
    'refused' as kind,
    'not ready' as state,
    records.record_id,
    records.name as record_title,
    null as origin_id,
    records.fields || jsonb_build_object(
        'is_active', records.is_active, 'origin_id', records.origin_id, 'origin_code', records.origin_code
    ) as before,
    '{}'::jsonb as after,
    '{}'::jsonb as spectrum,
    encode(
        sha256(convert_to(jsonb_build_array('unpaired', records.record_id, records.origin_id)::text, 'UTF8')), 'hex'
    ) as row_hash,
    null as score,
    '{}' as attributes,
    false as exact,
    false as tied,
    '[]'::jsonb as candidates,
    'N12' as rule,
    'origin_code' as field,
    coalesce(records.origin_code, '') as value,
    case
        when links.record_id is not null
            then 'it is linked to ' || links.spectrum_key || ' and carries the id of another integration ('
                || records.origin_id || ')'
        else 'it carries the id of another integration (' || records.origin_id || '), and no '
            || {{ "title" | bound }}::text || ' of Spectrum has its '
            || case when records.origin_code is not null then 'ERP id ' || records.origin_code || ' or its ' else '' end
            || 'name, or that one is paired with another record'
    end as reason,
    case
        when links.record_id is not null then 'end the link with unlink_export, then plan again: it is offered then'
        else 'leave it as it is, or choose it on the row of the ' || {{ "title" | bound }}::text || ' that it is'
    end as remedy
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
    and procore.is_foreign(records.origin_id, {{ "own" | bound }}::text [])
    and not exists (select from _rows as rows where rows.record_id = records.record_id)
    and records.record_id not in (
        select candidate.value ->> 'record_id'
        from _rows as rows
        cross join jsonb_array_elements(rows.candidates) as candidate (value)
    )
