"""Makes the rows of a plan in the warehouse: what Spectrum wants beside what Procore holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from spectrum_etl.imports.match import Party, Suggestion
from spectrum_etl.imports.records import takeovers
from spectrum_etl.imports.records.plans import values_of
from spectrum_etl.imports.spec import ImportObject, Narrowed
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.templates import render

_CHOSEN = "spectrum_key, record_id, score, attributes, exact, tied, candidates"


def compute(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    narrowed: Narrowed,
    *,
    chosen: tuple[str, str] | None = None,
    match: bool = True,
    taking_over: bool | None = None,
) -> None:
    """Fill `_rows`, which lasts as long as the caller's transaction.

    Args:
        narrowed: which records of Spectrum.
        chosen: a key, and the record of Procore that a person chose for it; an empty one: a new record.
        match: whether matches are looked for, for what is neither linked nor decided.
        taking_over: whether records that another integration has marked are offered (N12); None: where that was
            confirmed, and looked at twice.
    """
    if taking_over is None:
        taking_over = takeovers.is_on(connection, systems, obj)
    values = {**values_of(systems, obj, narrowed), "own": systems.own_marks, "taking_over": taking_over}
    connection.execute(render("imports/working_tables.sql"))
    desired = render(obj.desired, staged=f"spectrum.{obj.table.name}").as_string(connection)
    connection.execute(f"insert into _desired {desired}".encode(), values)
    everybody = "_desired"
    if match and chosen is None and narrowed.compared is not None:
        everybody = "_everybody"
        connection.execute("create temporary table _everybody (like _desired) on commit drop")
        connection.execute(f"insert into _everybody {desired}".encode(), values_of(systems, obj))
    if chosen is not None:
        connection.execute(
            f"insert into _chosen ({_CHOSEN}) values (%s, %s, null, array['chosen by a person'], true, false, '[]')",  # noqa: S608
            list(chosen),
        )
    else:
        connection.execute(render("imports/chosen_by_origin.sql"), values)
        connection.execute(render("imports/chosen_by_decision.sql"), values)
        if taking_over and match:
            connection.execute(render("imports/chosen_by_erp_id.sql"), values)
        if match:
            wanted = parties(systems, connection, obj, "imports/to_match.sql", everybody=everybody)
            found = suggested(systems, connection, obj, wanted, taking_over=taking_over)
            _store(connection, list(found))
    connection.execute("analyze _desired")
    connection.execute("analyze _chosen")
    connection.execute(render("imports/rows.sql"), values)


def parties(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, file: str, **names: str
) -> Iterator[Party]:
    """Records of Spectrum that are compared with those of Procore, streamed.

    Args:
        file: SQL that has one row each: spectrum_key, title, fields, and whether it is taken.
        names: relations that it reads.
    """
    return _parties(connection, obj, "_wanted", render(file, **names), values_of(systems, obj))


def suggested(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    wanted: Iterable[Party],
    since: datetime | None = None,
    *,
    taking_over: bool = False,
) -> Iterator[Suggestion]:
    """Matches with what Procore holds; none for what a link or a decision has, but its names count.

    Args:
        connection: in a transaction that has filled `_chosen`.
        since: only with records of Procore that have changed since then.
        taking_over: also with those of another integration whose ERP id Spectrum does not have (N12).
    """
    values = {**values_of(systems, obj), "since": since, "own": systems.own_marks, "taking_over": taking_over}
    query = render("imports/to_be_matched.sql", staged=f"spectrum.{obj.table.name}", key=obj.key_column)
    held = _parties(connection, obj, "_held", query, values)
    return obj.writing.suggest(wanted, held, systems.settings)


def _parties(
    connection: psycopg.Connection, obj: ImportObject, name: str, query: sql.SQL | sql.Composed, values: dict[str, Any]
) -> Iterator[Party]:
    with connection.cursor(name, row_factory=dict_row) as cursor:
        for row in cursor.execute(query, values):
            yield obj.writing.party(row)


def _store(connection: psycopg.Connection, found: Iterable[Suggestion]) -> None:
    """Choose the best match of each; the others stand beside it."""
    with connection.cursor() as cursor, cursor.copy(f"copy _chosen ({_CHOSEN}) from stdin") as copy:
        for key, group in groupby(found, key=lambda suggestion: suggestion.spectrum_key):
            matches = list(group)
            best = matches[0]
            candidates = [
                {"record_id": each.record_id, "score": each.score, "attributes": list(each.attributes)}
                for each in matches
            ]
            copy.write_row(
                (
                    key, best.record_id, best.score, list(best.attributes), best.exact,
                    best.tied or len(matches) > 1, json.dumps(candidates),
                )
            )  # fmt: skip
