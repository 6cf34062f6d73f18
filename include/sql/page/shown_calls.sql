-- What the approvers of some waiting records were shown to be written, and which elements each field of a form fills:
-- from that follows the number which a record would get.
select
    asked.place,
    queue.shown -> 'document' -> 'calls' as calls,
    coalesce(queue.shown -> 'fills', '{}') as fills,
    queue.shown -> 'proposed' as proposed
from
    unnest(
        {{ "objects" | bound }}::text[], {{ "companies" | bound }}::text[], {{ "projects" | bound }}::text[],
        {{ "records" | bound }}::text[]
    ) with ordinality as asked (object_name, company_code, project_id, record_id, place)
inner join export.queue
    on
        asked.object_name = queue.object_name
        and asked.company_code = queue.company_code
        and asked.project_id = queue.project_id
        and asked.record_id = queue.record_id
where queue.state = 'waiting'
order by asked.place
