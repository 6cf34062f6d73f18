-- Since when a DAG fails, and whether people heard of this very failure lately. That is less than a day: a daily run
-- never starts to the second, and shall be told of each day.
select
    min(since) as since,
    coalesce(
        bool_or(
            message_hash = {{ "message_hash" | bound }}
            and told_at > clock_timestamp() - interval '20 hours'
        ),
        false
    ) as lately
from sync.told_failures
where dag_id = {{ "dag_id" | bound }}
