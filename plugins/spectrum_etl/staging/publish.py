"""The third step of a sync: one transaction writes differences, history, the record of the run, and how new they are.

Readers see the old state or the new one. A late or repeated try never overwrites newer data.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg

from spectrum_etl.errors import StopSync
from spectrum_etl.model.character_marks import MARKS
from spectrum_etl.model.counts import Counts
from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import StagedObject, Table
from spectrum_etl.settings import Settings
from spectrum_etl.staging import guards, unchanged
from spectrum_etl.staging.outcome import close_landings, recorded_failure
from spectrum_etl.staging.scoping import partition_parameters, reconciles
from spectrum_etl.staging.totals import reconcile, sum_transactions
from spectrum_etl.warehouse import partitions, runs, snapshot
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.landings import LandedTable, find_landing, landed_tables, require_checked, set_state
from spectrum_etl.warehouse.snapshot import Slice
from spectrum_etl.warehouse.stamps import take_back

log = logging.getLogger(__name__)


def publish(url: str, obj: StagedObject, landing_id: int, settings: Settings) -> dict[str, Counts]:
    """Publish a checked landing.

    Args:
        url: the warehouse.
        obj: what was landed.
        landing_id: the number `land` returned.
        settings: limits and readers.

    Returns:
        What became of each table. For a landing that has been published before, what it did then.

    Raises:
        StopSync: the landing is no longer whole, or a guard refuses; only the record of the run has been written.
    """
    with connect(url) as connection:
        connection.autocommit = True
        return _publish(connection, url, obj, landing_id, settings)


def publish_unchanged(url: str, obj: StagedObject, landing_id: int, settings: Settings) -> dict[str, Counts] | None:
    """Publish a landing of which no row has to be typed or checked, and drop its tables: the sync is done with it.

    Args:
        url, obj, landing_id, settings: as for `publish`.

    Returns:
        As `publish`; None where `check` and `publish` have something to do, and nothing was written.

    Raises:
        StopSync: as `publish`.
    """
    with connect(url) as connection:
        connection.autocommit = True
        landing, _ = find_landing(connection, landing_id)
        if any(table.to_publish for table in landed_tables(connection, landing).values()):
            return None
        counts = _publish(connection, url, obj, landing_id, settings)
        close_landings(connection, obj, landing.run, landing.scope.company_code, settings)
    return counts


def _publish(
    connection: psycopg.Connection, url: str, obj: StagedObject, landing_id: int, settings: Settings
) -> dict[str, Counts]:
    landing, _ = find_landing(connection, landing_id)
    with recorded_failure(url, landing, obj, settings), connection.transaction():
        runs.lock(connection, landing)
        landing, state = find_landing(connection, landing_id)
        if state in ("published", "unchanged", "superseded"):
            log.info("landing %s is %s already: nothing to do", landing_id, state)
            return runs.published_counts(connection, landing)
        stamps = take_back(connection, obj, landing)
        if stamps:
            # This landing's own moment may be among them.
            landing, _ = find_landing(connection, landing_id)
            told = guards.stamped_in_the_future(obj.name, landing.scope.company_code, stamps)
            runs.record_checks(connection, landing, obj.tables[0].name, [told])
        failed = runs.failed_checks(connection, landing)
        if failed:
            raise StopSync(
                f"the critical checks {', '.join(failed)} of landing {landing_id} are not met, so it is not"
                " published, whatever the state of the task that ran them",
                object=obj.name,
                company=landing.scope.company_code,
                remedy="correct the data in Spectrum and trigger the DAG again",
                cause="checks not met",
                names=failed,
            )
        return _Publication(connection, url, obj, landing, settings).run()


class _Publication:
    """One publish, inside its transaction and lock."""

    def __init__(
        self, connection: psycopg.Connection, url: str, obj: StagedObject, landing: Landing, settings: Settings
    ) -> None:
        self.connection, self.url, self.obj, self.landing, self.settings = connection, url, obj, landing, settings
        self.landed = landed_tables(connection, landing)
        self.superseded, self.newer_jobs = runs.newer_scopes(connection, landing)
        #: Temporary table of the partitions that this publish replaces; empty where it replaces none.
        self.replaced = ""

    def run(self) -> dict[str, Counts]:
        """Write every table, then the record of the run."""
        if self.superseded:
            return self._end("superseded", {table.name: self._untouched(table) for table in self.obj.tables})
        for landed in self.landed.values():
            if landed.to_publish:
                require_checked(self.connection, self.landing, landed)
        counts = {table.name: self._publish_table(table) for table in self.obj.tables}
        if reconciles(self.obj, self.landing.scope, self.settings):
            self._reconcile()
        runs.remember_scope(self.connection, self.landing)
        wrote = any(c.new or c.changed or c.deleted for c in counts.values())
        copied = any(landed.to_publish for landed in self.landed.values())
        return self._end("published" if wrote or copied else "unchanged", counts)

    def _publish_table(self, table: Table) -> Counts:
        landed = self.landed.get(table.name)
        if landed is None and self.settings.reader(table) == "transactions":
            return self._publish_sums(table)
        if landed is None or not landed.relation:
            return self._untouched(table)
        if landed.checks_of is not None:
            unchanged.require_unchanged(self.connection, table, self.landing, landed)
            return self._untouched(table)
        part = self._slice(table, self.landing.relation(table.name, "rows"))
        if table.partitioned:
            return self._publish_partitions(table, landed, part)
        changes = snapshot.compare(self.connection, part)
        self._guard(table, changes.living, changes.deleted, landed)
        snapshot.write(self.connection, part, changes)
        counts = Counts(
            new=changes.new,
            changed=changes.changed,
            deleted=changes.deleted,
            rejected=snapshot.update_rejected(self.connection, part),
            staged=snapshot.living_rows(self.connection, part),
            source=landed.source_rows,
            landed=landed.landed_rows,
        )
        if landed.fingerprint and not self.newer_jobs:  # jobs of a newer run are not as they were landed
            unchanged.remember(self.connection, table, self.landing, landed)
        return counts

    def _publish_partitions(self, table: Table, landed: LandedTable, part: Slice) -> Counts:
        relation = self.landing.relation(table.name, "partitions")
        parameters = {**part.parameters, **partition_parameters(self.landing, table, self.settings)}
        changes = partitions.compare(self.connection, table, relation, part.rows, parameters)
        self.replaced = changes.replaced
        # A row that is rejected now has not vanished: it is listed, and the guard of rejected rows has judged it.
        newly = "_newly_rejected"
        runs.newly_rejected(self.connection, self.landing, table.name, newly)
        lost = max(0, changes.lost - partitions.newly_rejected_published(self.connection, newly, changes.replaced))
        self._guard(table, changes.living, lost, landed)
        partitions.write(self.connection, table, part.rows, changes, parameters)
        rejected = snapshot.update_rejected(self.connection, part, scope=partitions.inside(changes.replaced))
        return Counts(
            new=changes.new,
            deleted=changes.deleted,
            rejected=rejected,
            deferred=partitions.note_deferred(self.connection, relation, parameters),
            staged=self._staged_rows(part, changes),
            source=landed.source_rows,
            landed=landed.landed_rows,
        )

    def _staged_rows(self, part: Slice, changes: partitions.PartitionChanges) -> int:
        """Rows of the scope that are staged now; millions are not counted a second time."""
        if self.landing.scope.narrowed:
            return snapshot.living_rows(self.connection, part)
        return changes.living + changes.new - changes.deleted

    def _publish_sums(self, table: Table) -> Counts:
        """Totals that no reader gives: summed from the transactions of the jobs that this publish touched.

        Of all jobs where GetPhase gave some of them before: its projections would stay for good on jobs at rest.
        """
        source, scope = next(t for t in self.obj.tables if t.partitioned), self.landing.scope
        whole = not scope.narrowed and (
            scope.full_refresh or runs.may_be_of_another_reader(self.connection, self.landing, table.name)
        )
        jobs = None
        if not whole:
            jobs = partitions.replaced_jobs(self.connection, self.replaced) if self.replaced else []
            if not jobs:
                # No partition could be published: a slice of no jobs would mean all of them.
                return self._untouched(table)
        rows = sum_transactions(self.connection, table, source, self.landing, jobs)
        part = self._slice(table, rows.relation, rejects=rows.rejects, jobs=rows.jobs)
        changes = snapshot.compare(self.connection, part)
        snapshot.write(self.connection, part, changes)
        # Sums are never rejected: what is listed are jobs that GetPhase could not be asked for.
        snapshot.update_rejected(self.connection, part)
        living = snapshot.living_rows(self.connection, part)
        return Counts(
            new=changes.new,
            changed=changes.changed,
            deleted=changes.deleted,
            staged=living,
            source=living,
            landed=living,
        )

    def _reconcile(self) -> None:
        totals = next(t for t in self.obj.tables if self.settings.reader(t) == "sdx")
        source = next(t for t in self.obj.tables if t.partitioned)
        result = reconcile(self.connection, totals, source, self.landing)
        runs.record_checks(self.connection, self.landing, totals.name, [result])

    def _guard(self, table: Table, living: int, deleted: int, landed: LandedTable) -> None:
        """Refuse a mass delete, and note a volume that is out of the ordinary."""
        company = self.landing.scope.company_code
        results = [
            guards.mass_delete(
                table.name, company, living, deleted, self.settings, self.landing.scope.allow_mass_delete
            )
        ]
        if not self.landing.scope.narrowed:
            before = runs.last_landed_rows(self.connection, self.landing, table.name)
            results.append(guards.volume(table.name, company, landed.source_rows, before, self.settings))
        refused = [result for result in results if result.status == "failed"]
        if refused:
            # This transaction is rolled back, and the reason is found among the checks.
            with connect(self.url) as another:
                runs.record_checks(another, self.landing, table.name, results)
            raise StopSync(
                refused[0].message,
                object=self.obj.name,
                company=company,
                remedy="look in Spectrum first: a filter, an operator's rights or a wrong company code look the same."
                f" {refused[0].remedy}",
                cause="mass delete",
                names=[table.name],
            )
        runs.record_checks(self.connection, self.landing, table.name, results)

    def _slice(self, table: Table, rows: str, rejects: str | None = None, jobs: list[str] | None = None) -> Slice:
        scope, landed = self.landing.scope, self.landed.get(table.name)
        parameters: dict[str, Any] = {
            "company_code": scope.company_code,
            "object_name": self.obj.name,
            "table_name": table.name,
            "landing_id": self.landing.landing_id,
            "run_id": self.landing.run.run_id,
            "read_at": self.landing.read_at,
            "jobs": list(scope.jobs) if jobs is None else jobs,
            "months": list(scope.months),
            "newer_jobs": self.newer_jobs,
            "marks": MARKS,
        }
        return Slice(
            table,
            rows,
            rejects or self.landing.relation(table.name, "rejects"),
            parameters,
            active_only=landed is not None and landed.reader == "sdx",
        )

    def _untouched(self, table: Table) -> Counts:
        """Nothing of the table was landed, or none of it may be published: the counts are those that are there."""
        part = self._slice(table, "", rejects="")
        landed = self.landed.get(table.name)
        living = snapshot.living_rows(self.connection, part)
        deferred = 0
        if table.partitioned and landed is not None and not self.superseded:
            relation = self.landing.relation(table.name, "partitions")
            deferred = partitions.note_deferred(self.connection, relation, part.parameters)
        return Counts(
            staged=living,
            rejected=snapshot.count_rejected(self.connection, part),
            deferred=deferred,
            source=landed.source_rows if landed else living,
            landed=landed.landed_rows if landed else 0,
        )

    def _end(self, state: str, counts: dict[str, Counts]) -> dict[str, Counts]:
        for table in self.obj.tables:
            landed = self.landed.get(table.name)
            reader = landed.reader if landed else self.settings.reader(table)
            if table.name in counts:
                checks_of = landed.checks_of if landed else None
                count = counts[table.name]
                runs.record_run(self.connection, self.landing, table.name, reader, state, count, checks_of=checks_of)
        message = "newer data had already been published" if state == "superseded" else None
        set_state(self.connection, self.landing, state, message)
        for name, count in counts.items():
            log.info("%s of company %s: %s; %s", name, self.landing.scope.company_code, state, count)
        return counts
