"""Which indexes a table of Info-Link has, and whether the server tracks what changes in it. Asked by the check alone.

Written from SQL Server's documentation of sys.tables, sys.indexes, sys.index_columns and sys.change_tracking_tables: a
table has at least one row in sys.indexes, its heap where there is no clustered index. A login sees the rows of what it
was granted something on; where its rights are narrower the views are refused, or show less than there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spectrum_etl.sources.infolink.binds import Binds, Statement
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.sources.infolink.templates import render

#: Stands for a column of an index that the login may not read: without it the index would be taken for another one.
NOT_SHOWN = "(a column that is not shown)"
#: Schema and name of a table, in upper case.
Place = tuple[str, str]


@dataclass(frozen=True)
class Index:
    """One index of a table.

    Args:
        name: empty for the heap, which is no index.
        kind: as the server calls it, such as CLUSTERED.
        unique: whether it allows no two equal keys.
        key: its key columns, in order.
        included: columns that it only carries along.
        disabled: whether somebody has switched it off: no query uses it then.
    """

    name: str
    kind: str
    unique: bool
    key: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True)
class Tracked:
    """Whether the server tracks what changes in a table.

    Args:
        change_tracking: by Change Tracking.
        capture: by change data capture.
    """

    change_tracking: bool
    capture: bool


def place_of(table: SiteTable) -> Place:
    """Where a table is, as the catalogue is compared."""
    schema, name = table.place
    return schema.upper(), name.upper()


def indexes_of(reader: InfoLinkReader, table: SiteTable) -> tuple[Index, ...] | None:
    """The indexes of a table; None where the catalogue shows nothing of it.

    Raises:
        FixConfiguration: the login may not ask.
        SpectrumEtlError: as every query of the reader.
    """
    schema, name = table.place
    binds = Binds()
    sql = render(
        "indexes.sql", schema_name=binds.value("schema_name", schema), table_name=binds.value("table_name", name)
    )
    rows = reader.rows(Statement(sql, binds.values), "sys.indexes")
    if not rows:
        return None
    found: dict[str, Index] = {}
    columns: dict[str, tuple[list[str], list[str]]] = {}
    for _, _, index, kind, unique, disabled, place, is_included, column in rows:
        index_name = str(index or "")
        found.setdefault(index_name, Index(index_name, str(kind), bool(unique), disabled=bool(disabled)))
        key, included = columns.setdefault(index_name, ([], []))
        if place is not None:
            (included if is_included else key).append(str(column or NOT_SHOWN))
    return tuple(
        replace(each, key=tuple(columns[name][0]), included=tuple(columns[name][1]))
        for name, each in found.items()
        if name
    )


def tracked_tables(reader: InfoLinkReader) -> Mapping[Place, Tracked]:
    """Every table that the catalogue shows.

    Raises:
        FixConfiguration: the login may not ask.
        SpectrumEtlError: as every query of the reader.
    """
    rows = reader.rows(Statement(render("tracked.sql"), {}), "sys.tables")
    return {
        (str(schema).upper(), str(name).upper()): Tracked(bool(tracked), bool(captured))
        for schema, name, captured, tracked in rows
    }


def views(reader: InfoLinkReader) -> frozenset[Place]:
    """Every view that the login may read."""
    rows = reader.rows(Statement(render("views.sql"), {}), "INFORMATION_SCHEMA.TABLES")
    return frozenset((str(schema).upper(), str(name).upper()) for schema, name in rows)
