-- Note the schedules that hold now, and since when each is known to hold.
insert into sync.watched as known (object_name, schedule)
select
    listed.object_name,
    listed.schedule
from unnest({{ "objects" | bound }}::text[], {{ "schedules" | bound }}::text[]) as listed (object_name, schedule)
on conflict (object_name) do update
    set schedule = excluded.schedule, since = clock_timestamp()
    where known.schedule <> excluded.schedule
