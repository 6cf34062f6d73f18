-- Plans that a newer one has replaced long ago, and old dry runs, of which no row is kept.
delete from procore.plans as old
where
    old.state != 'open'
    and coalesce(old.ended_at, old.made_at) < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and not exists (
        select 1 from procore.plan_rows
        where plan_rows.plan_id = old.plan_id
    )
