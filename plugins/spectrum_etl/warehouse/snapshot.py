"""Publishes a snapshot: compares by key and row hash, writes only what differs, keeps history, marks deletions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.model.spec import Table
from spectrum_etl.warehouse.ddl import version_columns
from spectrum_etl.warehouse.statistics import renew
from spectrum_etl.warehouse.templates import render


@dataclass(frozen=True)
class Slice:
    """The part of a table that a publish may touch, and the rows that are to be in it.

    Args:
        table: the staged table.
        rows: relation of the typed rows.
        rejects: relation of the rejected rows.
        parameters: what the SQL binds: company_code, read_at, run_id, landing_id, object_name, table_name, jobs (those
            the run is narrowed to; none means all), months (of a partitioned table) and newer_jobs (those a newer run
            has published), and marks (`character_marks`).
        active_only: the reader shows active rows only, so a missing one is inactive.
    """

    table: Table
    rows: str
    rejects: str
    parameters: dict[str, Any]
    active_only: bool = False

    @property
    def scope(self) -> str:
        """SQL condition that keeps a narrowed run inside its jobs, and out of newer ones."""
        if not self.table.by_job:
            return "true"
        conditions = []
        if self.table.partitioned and self.parameters.get("months"):
            conditions.append("_month = any(%(months)s)")
        if self.parameters["jobs"]:
            conditions.append("job_number = any(%(jobs)s)")
        if self.parameters["newer_jobs"]:
            conditions.append("(job_number is null or job_number <> all(%(newer_jobs)s))")
        return " and ".join(conditions) or "true"


@dataclass(frozen=True)
class SnapshotChanges:
    """What a publish of a snapshot would change.

    Args:
        relation: temporary table of one row a key that changes, with what becomes of it.
        new: rows to insert, or back after a deletion.
        changed: rows to update.
        deleted: rows to mark as deleted.
        living: living rows of the scope before.
    """

    relation: str
    new: int
    changed: int
    deleted: int
    living: int


def compare(connection: psycopg.Connection, part: Slice) -> SnapshotChanges:
    """Find what a publish would change, without changing it.

    Args:
        connection: the warehouse, in the publishing transaction.
        part: the slice.
    """
    table, staged = part.table, f"spectrum.{part.table.name}"
    relation = f"_changes_of_{table.name}"
    if part.active_only and table.hidden_status and part.scope == "true":
        connection.execute(
            render(
                "publish/snapshot_hidden.sql",
                rows=part.rows,
                rejects=part.rejects,
                staged=staged,
                columns=[column.name for column in table.columns],
                status=table.hidden_status,
                key=table.key,
            ),
            part.parameters,
        )
    connection.execute(
        render(
            "publish/snapshot_diff.sql",
            changes=relation,
            key=table.key,
            rows=part.rows,
            rejects=part.rejects,
            staged=staged,
            scope=part.scope,
            by_job=table.by_job,
            narrowed=table.by_job and bool(part.parameters["jobs"]),
        ),
        part.parameters,
    )
    changes = sql.Identifier(relation)
    connection.execute(sql.SQL("analyze {}").format(changes))
    counted = sql.SQL("select action, count(*) from {} group by action").format(changes)
    actions: dict[str, int] = dict(connection.execute(counted).fetchall())
    return SnapshotChanges(
        relation,
        new=actions.get("insert", 0) + actions.get("revive", 0),
        changed=actions.get("update", 0),
        deleted=actions.get("delete", 0),
        living=living_rows(connection, part),
    )


def write(connection: psycopg.Connection, part: Slice, changes: SnapshotChanges) -> None:
    """Write what `compare` found: history first, then the rows, then the marks.

    Args:
        connection: the warehouse, in the publishing transaction.
        part: the slice.
        changes: what `compare` gave.
    """
    table = part.table
    names = {
        "changes": changes.relation,
        "staged": f"spectrum.{table.name}",
        "past": f"history.{table.name}",
        "rows": part.rows,
        "key": table.key,
    }
    data_columns = [column.name for column in table.columns]
    for template, columns in (
        ("publish/snapshot_history.sql", version_columns(table)),
        ("publish/snapshot_write.sql", data_columns),
        ("publish/snapshot_mark.sql", data_columns),
    ):
        connection.execute(render(template, **names, columns=columns), part.parameters)
    renew(connection, f"spectrum.{table.name}", changes.new + changes.changed + changes.deleted, changes.living)


def living_rows(connection: psycopg.Connection, part: Slice) -> int:
    """Living rows of the scope, without those that are kept because the source's version is rejected."""
    row = connection.execute(
        render("publish/living_rows.sql", staged=f"spectrum.{part.table.name}", scope=part.scope), part.parameters
    ).fetchone()
    assert row is not None
    return row[0]


def checksum(connection: psycopg.Connection, table_name: str, company_code: str) -> str:
    """What a staged table and its list of rejected rows hold of a company, to know it again.

    Args:
        connection: the warehouse.
        table_name: staged table, not partitioned.
        company_code: of which company.
    """
    row = connection.execute(
        render("publish/snapshot_staged.sql", staged=f"spectrum.{table_name}"),
        {"table_name": table_name, "company_code": company_code},
    ).fetchone()
    assert row is not None
    return str(row[0])


def update_rejected(connection: psycopg.Connection, part: Slice, scope: str | None = None) -> int:
    """Bring `sync.rejected_rows` up to date for the slice.

    Args:
        connection: the warehouse, in the publishing transaction.
        part: the slice.
        scope: SQL condition on job_number and partition_month, where it is not the slice's own.

    Returns:
        How many rows of the table and company are rejected now, in the whole company.
    """
    connection.execute(
        render("publish/rejected_rows.sql", rejects=part.rejects, scope=scope or part.scope), part.parameters
    )
    return count_rejected(connection, part)


def count_rejected(connection: psycopg.Connection, part: Slice) -> int:
    """Rows of the table and company that are rejected now."""
    row = connection.execute(
        "select count(*) from sync.rejected_rows where table_name = %(table_name)s"
        " and company_code = %(company_code)s and resolved_at is null",
        part.parameters,
    ).fetchone()
    assert row is not None
    return row[0]
