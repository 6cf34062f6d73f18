-- How new a mart is.
insert into sync.marts as known (
    mart_name, company_code, definition, landing_id, rebuilt_at, whole_at, rows_written, seconds
)
values (
    {{ "mart" | bound }},
    {{ "company_code" | bound }},
    {{ "definition" | bound }},
    (select coalesce(max(landings.landing_id), 0) from sync.landings as landings),
    clock_timestamp(),
    clock_timestamp(),
    {{ "rows_written" | bound }},
    extract(epoch from clock_timestamp() - transaction_timestamp())
)
on conflict (mart_name, company_code) do update
    set
        definition = excluded.definition,
        landing_id = excluded.landing_id,
        rebuilt_at = excluded.rebuilt_at,
        whole_at = case when {{ "whole" | bound }} then excluded.whole_at else known.whole_at end,
        rows_written = excluded.rows_written,
        seconds = excluded.seconds
