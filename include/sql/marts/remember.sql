-- The syncs whose changes are in the marts now, in the transaction that wrote them.
insert into sync.mart_runs as taken (landing_id, table_name, company_code, finished_at)
select
    landing_id,
    table_name,
    {{ "company_code" | bound }},
    finished_at
from _news
on conflict (landing_id, table_name) do update
    set finished_at = excluded.finished_at
