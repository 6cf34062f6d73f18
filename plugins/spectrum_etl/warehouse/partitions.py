"""Publishes job cost transactions by partition: fingerprints decide what to copy, multisets what to write."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from spectrum_etl.model.character_marks import as_stored
from spectrum_etl.model.spec import Table
from spectrum_etl.warehouse.ddl import create_index, lacks_index, version_columns
from spectrum_etl.warehouse.statistics import renew, row_count
from spectrum_etl.warehouse.templates import quote, render

log = logging.getLogger(__name__)

#: Months are copied whole where at least this share of their rows must be copied, and where they are at most so many.
_MOST_OF_MONTHS, _MAX_WHOLE_MONTHS = 0.8, 120


def choose(connection: psycopg.Connection, partitions: str, scope: str, parameters: dict[str, Any]) -> tuple[int, int]:
    """Mark the partitions that must be copied, and add those that are gone.

    Args:
        connection: the warehouse.
        partitions: relation of the landing's partitions.
        scope: SQL condition on job_number and partition_month of what the run was narrowed to.
        parameters: company_code, spec_hash, everything, jobs, months.

    Returns:
        Rows in partitions that must be copied, and rows in all.
    """
    connection.execute(render("publish/partitions_compare.sql", partitions=partitions, scope=scope), parameters)
    row = connection.execute(
        sql.SQL(
            "select coalesce(sum(source_rows) filter (where copied), 0)::bigint, coalesce(sum(source_rows), 0)::bigint"
            " from {}"
        ).format(sql.Identifier(*partitions.split(".")))
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def to_copy(connection: psycopg.Connection, partitions: str) -> list[tuple[str, str]]:
    """The partitions to copy, as (job, month), both as the source has them."""
    rows = connection.execute(
        sql.SQL("select job_number, partition_month from {} where copied order by 1, 2").format(
            sql.Identifier(*partitions.split("."))
        )
    )
    return [(as_stored(job), as_stored(month)) for job, month in rows]


def whole_months(connection: psycopg.Connection, partitions: str) -> list[str]:
    """The months that are copied whole, as the source has them; none where jobs and months are better picked.

    Their partitions are marked as copied.
    """
    rows = connection.execute(
        render("publish/partitions_whole_months.sql", partitions=partitions),
        {"max_months": _MAX_WHOLE_MONTHS, "least_share": _MOST_OF_MONTHS},
    )
    return sorted({as_stored(month) for (month,) in rows})


def copy_everything(connection: psycopg.Connection, partitions: str) -> None:
    """Mark all partitions as copied: past some share one pass over the source is cheaper than picking."""
    connection.execute(
        sql.SQL("update {} set copied = true where not gone and not copied").format(
            sql.Identifier(*partitions.split("."))
        )
    )


def changed_anything(connection: psycopg.Connection, partitions: str) -> bool:
    """Whether any partition is to be copied or is gone."""
    return _one(connection, "select exists (select 1 from {} where copied or gone)", partitions)


def forget_unstable(connection: psycopg.Connection, partitions: str, rows: str, rejects: str) -> int:
    """Mark the partitions that can be published, and drop the landed rows of the others.

    Returns:
        How many rows of the source must wait for the next run.
    """
    landed = "_landed_by_partition"
    connection.execute(render("publish/partitions_landed.sql", landed=landed, rows=rows, rejects=rejects))
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(landed)))
    connection.execute(render("publish/partitions_stable.sql", landed=landed, partitions=partitions))
    # The statistics still say that none is stable: then the planner compares every partition with every other.
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(*partitions.split("."))))
    row = connection.execute(
        sql.SQL("select coalesce(sum(source_rows), 0)::bigint, count(*) from {} where copied and not stable").format(
            sql.Identifier(*partitions.split("."))
        )
    ).fetchone()
    assert row is not None
    deferred, moved = row
    if moved or _strays(connection, partitions, landed):
        _forget(connection, partitions, rows, rejects)
    if moved:
        log.warning(
            "%s partitions with %s rows changed while they were copied; the next run takes them", moved, deferred
        )
    return deferred


def newly_rejected(
    connection: psycopg.Connection, partitions: str, newly: str, company_code: str
) -> list[tuple[str, str, int, int, bool]]:
    """The stable partitions that hold newly rejected rows.

    Args:
        connection: the warehouse, in the transaction that counted them.
        partitions: relation of the landing's partitions.
        newly: what `runs.newly_rejected` filled.
        company_code: of which company.

    Returns:
        Job, month, rows of the source, newly rejected rows, and whether a version has been published before.
    """
    return connection.execute(
        render("publish/partitions_newly_rejected.sql", partitions=partitions, newly=newly),
        {"company_code": company_code},
    ).fetchall()


def newly_rejected_published(connection: psycopg.Connection, newly: str, replaced: str) -> int:
    """Newly rejected rows of the partitions that the running publish replaces.

    Args:
        connection: the warehouse, in the publishing transaction.
        newly: what `runs.newly_rejected` filled.
        replaced: the partitions that are replaced, as `compare` gave them.
    """
    rows: int = _one(
        connection,
        "select coalesce(sum(new_rows), 0)::bigint from {} join {} using (job_number, partition_month)",
        newly,
        replaced,
    )
    return rows


def replaced_jobs(connection: psycopg.Connection, replaced: str) -> list[str]:
    """The jobs of the partitions that the running publish replaces, in order.

    Args:
        connection: the warehouse, in the publishing transaction.
        replaced: the partitions that are replaced, as `compare` gave them.
    """
    jobs = sql.SQL("select distinct job_number from {} order by 1").format(sql.Identifier(replaced))
    return [job for (job,) in connection.execute(jobs)]


def inside(replaced: str) -> str:
    """SQL condition on a row of rejected rows, called `listed`: it belongs to a partition that is replaced."""
    return (
        f"exists (select 1 from {quote(replaced)} as replaced"  # noqa: S608
        " where replaced.job_number = coalesce(listed.job_number, '')"
        " and replaced.partition_month = listed.partition_month)"
    )


def hold_back(
    connection: psycopg.Connection,
    partitions: str,
    rows: str,
    rejects: str,
    held: Sequence[tuple[str, str, int]],
) -> None:
    """Mark partitions as held back, and drop their landed rows.

    Args:
        connection: the warehouse.
        partitions, rows, rejects: relations of the landing.
        held: job, month and newly rejected rows of each.
    """
    jobs, months, counts = (list(column) for column in zip(*held, strict=True))
    connection.execute(
        render("publish/partitions_hold.sql", partitions=partitions),
        {"held_jobs": jobs, "held_months": months, "held_rows": counts},
    )
    _forget(connection, partitions, rows, rejects)
    log.warning("%s partitions are held back: too many of their rows were newly rejected", len(held))


def held_back(connection: psycopg.Connection, table_name: str, company_code: str) -> list[tuple[str, str]]:
    """The partitions that the guard of rejected rows holds back now, as (job, month)."""
    return connection.execute(
        "select job_number, partition_month from sync.deferred where table_name = %s and company_code = %s"
        " and reason = 'rejected' order by 1, 2",
        [table_name, company_code],
    ).fetchall()


@dataclass(frozen=True)
class PartitionChanges:
    """What a publish of partitions would change.

    Args:
        replaced: temporary table of the partitions that it replaces.
        relation: temporary table of one row a row hash that is there more or less often than at the source.
        new: rows to insert.
        deleted: rows to delete; a changed posting is one of each, since Spectrum gives postings no key.
        living: living rows of the company before.
        empty: the company has no rows yet.
        some_skipped: some landed partitions are left alone, because a newer reading of them is published.
    """

    replaced: str
    relation: str
    new: int
    deleted: int
    living: int
    empty: bool
    some_skipped: bool

    @property
    def lost(self) -> int:
        """By how many rows the company would shrink: what the mass-delete guard looks at."""
        return max(0, self.deleted - self.new)


def note_deferred(connection: psycopg.Connection, partitions: str, parameters: dict[str, Any]) -> int:
    """Note in `sync.deferred` which partitions wait for the next run; see the query.

    Args:
        connection: the warehouse, in the publishing transaction.
        partitions: relation of the landing's partitions.
        parameters: table_name, company_code, jobs, months, read_at.

    Returns:
        How many rows of the source they hold.
    """
    row = connection.execute(render("publish/partitions_deferred.sql", partitions=partitions), parameters).fetchone()
    assert row is not None
    return row[0]


def compare(
    connection: psycopg.Connection, table: Table, partitions: str, rows: str, parameters: dict[str, Any]
) -> PartitionChanges:
    """Find what a publish would change, without changing it.

    Args:
        connection: the warehouse, in the publishing transaction.
        table: the staged table.
        partitions: relation of the landing's partitions.
        rows: relation of the typed rows of the stable ones.
        parameters: company_code, object_name, read_at, run_id, landing_id, spec_hash.
    """
    replaced, changes = "_replaced_partitions", f"_changes_of_{table.name}"
    published = render("publish/partitions_published.sql", replaced=replaced, partitions=partitions)
    connection.execute(published, parameters)
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(replaced)))
    living = _one(
        connection,
        "select count(*) from {} where company_code = %(company_code)s",
        f"spectrum.{table.name}",
        parameters=parameters,
    )
    skipped = _some_skipped(connection, partitions, replaced)
    if living == 0 and not skipped:
        new = row_count(connection, rows)
        return PartitionChanges(replaced, changes, new, 0, 0, empty=True, some_skipped=False)
    names = {"replaced": replaced, "changes": changes, "rows": rows, "staged": f"spectrum.{table.name}"}
    connection.execute(render("publish/partitions_diff.sql", **names, some_skipped=skipped), parameters)
    connection.execute(sql.SQL("analyze {}").format(sql.Identifier(changes)))
    row = connection.execute(
        sql.SQL(
            "select coalesce(sum(surplus) filter (where surplus > 0), 0)::bigint,"
            " coalesce(-sum(surplus) filter (where surplus < 0), 0)::bigint from {}"
        ).format(sql.Identifier(changes))
    ).fetchone()
    assert row is not None
    return PartitionChanges(replaced, changes, row[0], row[1], living, empty=living == 0, some_skipped=skipped)


def write(
    connection: psycopg.Connection, table: Table, rows: str, changes: PartitionChanges, parameters: dict[str, Any]
) -> None:
    """Write what `compare` found, note which partitions that changed, and remember the fingerprints.

    Args:
        connection: the warehouse, in the publishing transaction.
        table: the staged table.
        rows: relation of the typed rows.
        changes: what `compare` gave.
        parameters: as there.
    """
    names = {
        "rows": rows,
        "staged": f"spectrum.{table.name}",
        "past": f"history.{table.name}",
        "replaced": changes.replaced,
        "changes": changes.relation,
    }
    unindexed = lacks_index(connection, table)
    if changes.deleted:
        connection.execute(render("publish/partitions_delete.sql", **names, columns=version_columns(table)), parameters)
    if changes.new:
        all_new = changes.empty and not changes.some_skipped
        connection.execute(
            render(
                "publish/partitions_insert.sql",
                **names,
                columns=[column.name for column in table.columns],
                empty=all_new,
                some_skipped=changes.some_skipped,
            ),
            parameters,
        )
        if all_new:
            connection.execute(render("publish/partitions_all_new.sql", replaced=changes.replaced), parameters)
    if unindexed:
        create_index(connection, table)
    connection.execute(render("publish/partitions_remember.sql", replaced=changes.replaced), parameters)
    renew(connection, names["staged"], changes.new + changes.deleted, changes.living)


def _forget(connection: psycopg.Connection, partitions: str, rows: str, rejects: str) -> None:
    for relation, month in ((rows, "_month"), (rejects, "partition_month")):
        connection.execute(
            render("publish/partitions_forget.sql", partitions=partitions, relation=relation, month=month)
        )


def _strays(connection: psycopg.Connection, partitions: str, landed: str) -> bool:
    """Whether rows were landed for a partition that the fingerprints do not know."""
    return _one(
        connection,
        "select exists (select 1 from {} as landed where not exists (select 1 from {} as found where found.copied"
        " and found.job_number = landed.job_number and found.partition_month = landed.partition_month))",
        landed,
        partitions,
    )


def _some_skipped(connection: psycopg.Connection, partitions: str, replaced: str) -> bool:
    """Whether a landed, stable partition is left alone because a newer reading of it is published already."""
    return _one(
        connection,
        "select exists (select 1 from {} as found where found.copied and found.stable and not exists (select 1"
        " from {} as replaced where replaced.job_number = found.job_number"
        " and replaced.partition_month = found.partition_month))",
        partitions,
        replaced,
    )


def _one(connection: psycopg.Connection, query: str, *relations: str, parameters: Any = None) -> Any:
    """The only value that a query over some relations returns."""
    composed = sql.SQL(query).format(*(sql.Identifier(*r.split(".")) for r in relations))  # type: ignore[arg-type]
    row = connection.execute(composed, parameters).fetchone()
    assert row is not None
    return row[0]
