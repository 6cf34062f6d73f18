-- People know a project by its name, and the page lets them choose one: the queue keeps it beside Procore's id.
alter table export.queue add column project_name text;

comment on column export.queue.project_name is
'What people call the project; null where the record has none, or does not tell';

-- Records that are not looked at again (synced, rejected, waiting) have their project's name in what was answered.
update export.queue
set project_name = named.project_name
from (
    select distinct on (ledger.company_code, ledger.project_id)
        ledger.company_code,
        ledger.project_id,
        ledger.content -> 'project' ->> 'name' as project_name
    from export.ledger
    where ledger.content -> 'project' ->> 'name' != ''
    order by ledger.company_code asc, ledger.project_id asc, ledger.attempt_id desc
) as named
where queue.company_code = named.company_code and queue.project_id = named.project_id;
