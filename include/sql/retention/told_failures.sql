-- Failures that people were told of long ago: those that last are told again each day.
delete from sync.told_failures
where told_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
