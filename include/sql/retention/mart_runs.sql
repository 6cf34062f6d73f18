-- What the marts have taken in of syncs that are no longer in the history.
delete from sync.mart_runs as taken
where
    not exists (
        select 1 from sync.landings as landings
        where landings.landing_id = taken.landing_id
    )
