-- People were told of these differences between source and spec.
update sync.drift
set told_at = clock_timestamp()
where drift_id = any({{ "drift_ids" | bound }})
