-- Links of a backup that an import had made, whose record Procore shows without any id of an integration: our id was there as
-- long as the link was, so that it was undone, or ended by hand, after the backup.
select
    links.record_id,
    links.spectrum_key,
    records.name
from export.links
inner join procore.records
    on
        links.object_name = records.object_name
        and links.company_code = records.company_code
        and links.record_id = records.record_id
where
    links.object_name = {{ "object" | bound }}
    and links.company_code = {{ "company" | bound }}
    and links.unlinked_at is null
    and links.how = 'import'
    and links.linked_at < {{ "restored_at" | bound }}::timestamptz
    and records.gone_at is null
    and records.read_at > {{ "restored_at" | bound }}::timestamptz
    and records.origin_id is null
order by links.link_id
