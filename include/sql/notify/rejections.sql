-- Rejections of one Airflow run whose creators in Procore nobody has begun to tell: the approval tells them at once,
-- the run's last task what a killed one has left.
select
    ledger.attempt_id,
    ledger.object_name,
    ledger.company_code,
    ledger.project_id,
    ledger.record_id,
    ledger.title,
    ledger.answered_at,
    coalesce(ledger.content -> 'project' ->> 'name', '') as project_name,
    coalesce(ledger.reason, '') as reason,
    coalesce(nullif(ledger.answered_by_name, ''), ledger.answered_by) as answered_by
from export.ledger
left join export.rejection_mails on ledger.attempt_id = rejection_mails.attempt_id
where
    ledger.dag_id = {{ "dag_id" | bound }}
    and ledger.run_id = {{ "run_id" | bound }}
    and ({{ "map_index" | bound }}::int is null or ledger.map_index = {{ "map_index" | bound }}::int)
    and ledger.decision = 'reject'
    and ledger.state = 'rejected'
    and rejection_mails.attempt_id is null
order by ledger.attempt_id
