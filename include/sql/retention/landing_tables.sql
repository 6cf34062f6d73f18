-- Landing tables of tries that began long ago, or of which no landing is recorded: their runs were killed together with
-- their teardown. The number at the end of a name is that of its landing.
with named as (
    select
        tables.tablename as name,
        substring(tables.tablename from '_(\d+)(?:_rows|_rejects|_partitions)?$')::bigint as landing_id
    from pg_tables as tables
    where tables.schemaname = 'landing'
)

select named.name
from named
left join sync.landings as landings on named.landing_id = landings.landing_id
where
    named.landing_id is not null
    and coalesce(landings.started_at, '-infinity'::timestamptz)
    < clock_timestamp() - make_interval(days => {{ "days" | bound }})
order by named.name
