"""The local stack: the processes of `make demo` and of the integration tests on one machine.

Nothing here is needed in production. `stack.postgres` runs an embedded PostgreSQL, `stack.airflow` a standalone
Airflow, `stack.demo` ties both to the sandbox and the staging DAGs.
"""
