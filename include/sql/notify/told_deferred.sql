-- People were told of these jobs and months that cannot be published.
update sync.deferred
set told_at = clock_timestamp()
where deferred_id = any({{ "deferred_ids" | bound }})
