-- A run of the DAG has succeeded: whatever fails next is news.
delete from sync.told_failures
where dag_id = {{ "dag_id" | bound }}
