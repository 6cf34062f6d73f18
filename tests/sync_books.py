"""A warehouse with the books of syncs, as the staging tasks write them."""

from __future__ import annotations

from typing import Any

from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.drift import Drift
from spectrum_etl.model.run import Landing, Run, Scope
from spectrum_etl.warehouse import runs
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import open_landing, set_state
from spectrum_etl.warehouse.migrate import migrate

_REJECT = (
    "insert into sync.rejected_rows (object_name, table_name, company_code, column_name, reason, source_row,"
    " landing_id, run_id, rejected_at) values ('jobs', 'jobs', '1', 'city', 'it is blank', '{}', %s, %s, %s)"
)


class Books:
    """A migrated warehouse.

    Args:
        url: an empty database, or one that is migrated already.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        with connect(url) as connection:
            connection.autocommit = True
            migrate(connection)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; a statement that is none is committed."""
        with connect(self.url) as connection:
            cursor = connection.execute(query.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def deferred(self, job: str, runs: int, rejected: int = 0) -> None:
        """Note that a month of a job could not be published in so many runs in a row: it moved, or was held back."""
        self.ask(
            "insert into sync.deferred (table_name, company_code, job_number, partition_month, source_rows, runs,"
            " since, last_seen_at, reason, rejected_rows)"
            " values ('jobs', '1', %s, '202601', 7, %s, now(), now(), %s, %s)",
            job,
            runs,
            "rejected" if rejected else "moved",
            rejected,
        )

    def sync(
        self,
        run_id: str,
        counts: Counts,
        *,
        state: str = "published",
        message: str | None = None,
        rejects: int = 0,
        known_rejects: Landing | None = None,
        checks: tuple[CheckResult, ...] = (),
        drift: tuple[Drift, ...] = (),
        company: str = "1",
        narrowed: tuple[str, ...] = (),
        dag_id: str = "stage_jobs",
    ) -> Landing:
        """Write the books of one sync of the jobs.

        Args:
            run_id, counts, state, message, checks, drift, company: as the tasks find them.
            rejects: rows that it rejects and nobody rejected before.
            known_rejects: the sync whose rejected rows it meets again.
            narrowed: jobs that it was narrowed to.
            dag_id: which DAG does it.
        """
        with connect(self.url) as connection:
            connection.autocommit = True
            landing = open_landing(connection, "jobs", Scope(company, jobs=narrowed), Run(dag_id, run_id))
            for _ in range(rejects):
                connection.execute(_REJECT, [landing.landing_id, run_id, landing.read_at])
            if known_rejects:
                connection.execute(
                    "update sync.rejected_rows set landing_id = %s, run_id = %s where landing_id = %s",
                    [landing.landing_id, run_id, known_rejects.landing_id],
                )
            runs.record_checks(connection, landing, "jobs", checks)
            runs.record_drift(connection, landing, "jobs", "infolink", drift)
            if state in ("published", "unchanged"):
                runs.remember_scope(connection, landing)
            runs.record_run(connection, landing, "jobs", "infolink", state, counts, message)
            set_state(connection, landing, state, message)
        return landing
