-- People were told of a failure.
insert into sync.told_failures (dag_id, message_hash)
values ({{ "dag_id" | bound }}, {{ "message_hash" | bound }})
on conflict (dag_id, message_hash) do update
    set told_at = clock_timestamp()
