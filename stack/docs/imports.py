"""The column mapping of every staged table, and its data checks, from the specs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from spectrum_etl.model.spec import Check, Column, InfoLink, StagedObject, Table
from spectrum_etl.sources.sdx.published import READS
from spectrum_etl.staging.objects import OBJECTS
from stack.docs.markdown import code, plain, table

_BLANK = {
    "reject": "; a row without it is rejected",
    "null": "; staged as null where it is blank, with a warning",
    "zero": "; staged as 0 where nobody entered one, with a warning",
}
_READERS = {
    "infolink": "read from Info-Link",
    "sdx": "read by web services",
    "transactions": "summed from the transactions",
}


def mapping() -> str:
    """Every table with its columns."""
    return "\n\n".join(_table(obj, spec) for obj in OBJECTS.values() for spec in obj.tables)


def checks() -> str:
    """Every check of the specs, with what a failure means."""
    rows = (
        (code(f"spectrum.{spec.name}"), code(check.name), check.severity, plain(check.explains))
        for spec, check in _checks()
    )
    return table(("table", "check", "severity", "what a failure means, and what to do"), rows)


def _checks() -> Iterator[tuple[Table, Check]]:
    return ((spec, check) for obj in OBJECTS.values() for spec in obj.tables for check in spec.checks)


def _table(obj: StagedObject, spec: Table) -> str:
    places = []
    if spec.infolink:
        places.append(f"Info-Link {', '.join(map(code, spec.infolink.tables.values()))}")
    if spec.sdx:
        places.append(f"web services {', '.join(map(code, READS[spec.sdx].services))}")
    first, *others = (_READERS[reader] for reader in spec.readers)
    choice = f" By default {first}, else {' or '.join(others)}." if others else ""
    heads = ["column", "type"]
    heads += ["Info-Link"] if spec.infolink else []
    heads += ["web services"] if spec.sdx else []
    rows = [_row(spec, column) for column in spec.columns]
    return (
        f"### `spectrum.{spec.name}`\n\n{plain(spec.comment)} Staged by `{obj.dag_id}` from {'; '.join(places)}."
        f"{choice}\n\n{table([*heads, 'what it holds'], rows)}{_also_read(spec)}"
    )


def _also_read(spec: Table) -> str:
    """The columns that the query needs beside those that are staged."""
    if not spec.infolink or not spec.infolink.joined:
        return ""
    by_table: dict[str, list[str]] = defaultdict(list)
    for name in spec.infolink.joined:
        relation, _, column = _joined(spec.infolink, name).partition(".")
        by_table[relation].append(" or ".join(map(code, column.split("|"))))
    words = "; ".join(f"of {code(relation)} {', '.join(columns)}" for relation, columns in by_table.items())
    return f"\n\nThe query also reads, {words}."


def _row(spec: Table, column: Column) -> list[str]:
    row = [code(column.name), f"{column.sql_type}{', key' if column.key and not spec.partitioned else ''}"]
    if column.derived is not None:
        where = [f"computed: {code(' '.join(column.derived.split()))}"]
        return [*row, *where, *[""] * (bool(spec.infolink) + bool(spec.sdx) - 1), _comment(column)]
    if spec.infolink:
        row.append(" or ".join(_full(spec, source) for source in column.sources))
    if spec.sdx:
        row.append(code(column.sdx or ""))
    return [*row, _comment(column)]


def _full(spec: Table, source: str) -> str:
    """An Info-Link column as code, with its table where that is not the table of the rows."""
    alias, dot, name = source.partition(".")
    if not dot or spec.infolink is None:
        return code(source)
    if alias in spec.infolink.tables:
        return code(f"{spec.infolink.tables[alias]}.{name}")
    # A sum that the query makes, of a column that it reads by the alias of a table.
    summed = next(joined for joined in spec.infolink.joined if joined.rstrip("?").partition(".")[2] == name)
    return f"sum of {code(_joined(spec.infolink, summed))}"


def _joined(infolink: InfoLink, name: str) -> str:
    alias, _, column = name.rstrip("?").partition(".")
    return f"{infolink.tables[alias]}.{column}"


def _comment(column: Column) -> str:
    allowed = f"; allowed: {', '.join(column.allowed)}" if column.allowed else ""
    assumed = f"; the name is assumed; without this column, {column.without}" if column.assumed else ""
    blank = _BLANK[column.blank] if not column.key and (column.required or column.blank != "reject") else ""
    return f"{plain(column.comment)}{blank}{allowed}{plain(assumed)}"
