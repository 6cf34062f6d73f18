"""The one place that makes DAGs and tasks: everything else knows no Airflow, but for page/ and credentials/."""
