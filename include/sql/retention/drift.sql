-- Differences between source and spec that were gone long ago.
delete from sync.drift
where resolved_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
