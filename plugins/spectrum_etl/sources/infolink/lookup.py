"""Looks a few rows up by their codes, live, with the columns that the site has.

Codes are compared trimmed and as the database compares them, which is without regard to case as a rule: two spellings
that the database holds to be the same code cannot both become records. Beside it every filter lists the stored
spellings where the column's width is known, so that an index can be used. Values are bound, never rendered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.binds import Binds, Statement, spellings
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.sources.infolink.templates import render

_ALIAS = "t"
_COMPANY = "Company_Code"

Found = dict[str, str | None]


@dataclass(frozen=True)
class Lookup:
    """A query of a table by codes.

    Args:
        table: Info-Link table, as companies share it; `reader.table` says what this site calls it.
        columns: name -> the column, or those that it may be called, in the order of preference.
        required: names of the columns without which nothing can be said of a row.
        assumed: whether table or columns were not seen at a real site for certain: what a site lacks of them affects
            what is looked up here, and stops nothing else. Ask `lacking` before `look_up`.
    """

    table: str
    columns: Mapping[str, str | tuple[str, ...]]
    required: frozenset[str] = field(default=frozenset())
    assumed: bool = False


def look_up(reader: InfoLinkReader, lookup: Lookup, codes: Mapping[str, str]) -> list[Found]:
    """The rows that hold these codes.

    Args:
        reader: inside its `with`.
        lookup: which table and columns.
        codes: names of `lookup.columns` -> trimmed code, the company's among them.

    Returns:
        Name -> text as stored, untrimmed, None for NULL; names whose column the site lacks are not there (M4).

    Raises:
        FixConfiguration: the table, a required column or one that is filtered by is not there, or not shown.
        SpectrumEtlError: as every query of the reader.
    """
    asked, codes, table = codes, dict(codes), _table(reader, lookup, codes)
    real = _columns(table, lookup)
    is_own = real.get(_COMPANY) is None and reader.shows_only(table, codes.get(_COMPANY, ""))
    if _COMPANY in codes:
        codes[_COMPANY] = reader.written(codes[_COMPANY])
    if is_own:
        codes.pop(_COMPANY, None)
    for name, found in real.items():
        if is_own and name == _COMPANY:
            continue
        if found is None and (name in lookup.required or name in codes):
            raise _missing(lookup, name)
    present = {name: found for name, found in real.items() if found}
    columns = [f"{casts.as_text(f'{_ALIAS}.{column}', kind)} AS {name}" for name, (column, kind) in present.items()]
    binds = Binds()
    conditions = [condition for name, code in codes.items() for condition in _filter(name, *present[name], code, binds)]
    sql = render(
        "one_table.sql",
        alias=_ALIAS,
        tables={_ALIAS: table.relation},
        columns=",\n    ".join(columns),
        where={_ALIAS: "\n    AND ".join(conditions) or "1 = 1"},
    )
    company = asked.get(_COMPANY)
    rows = reader.rows(Statement(sql, binds.values), lookup.table, company)
    if not rows and _COMPANY in codes and not lookup.assumed:
        _check_company(reader, lookup, codes[_COMPANY], *present[_COMPANY])
    found_rows: list[Found] = [dict(zip(present, row, strict=True)) for row in rows]
    if is_own or codes.get(_COMPANY) != company:
        # They belong to the company whatever its table says.
        return [row | {_COMPANY: company} for row in found_rows]
    return found_rows


def _check_company(reader: InfoLinkReader, lookup: Lookup, company: str, column: str, kind: str) -> None:
    """A table without `_MC` shows the login's own company: of another one it proves nothing that no row is there."""
    found = _table(reader, lookup)
    if found.is_shared or found.named:
        return
    binds = Binds()
    where = " AND ".join(_filter("Company_Code", column, kind, company, binds))
    # The names are from the catalog.
    query = f"SELECT TOP (1) {_ALIAS}.{column} AS company FROM {found.relation} AS {_ALIAS} WHERE {where}"  # noqa: S608
    if not reader.rows(Statement(query, binds.values), lookup.table, company):
        raise FixConfiguration(
            f"Info-Link shows {found.name}, which holds the rows of one company only, and none of this one, so what "
            "Spectrum holds is unknown",
            object=lookup.table,
            company=company,
            remedy=f"allow {lookup.table} to this user in Info-Link's table security and run Update Database, or name "
            "a connection of this company's own login as infolink_conn_id",
        )


def lacking(reader: InfoLinkReader, lookup: Lookup, names: Iterable[str] | None = None) -> list[str]:
    """What a site lacks of a lookup.

    Args:
        reader: inside its `with`.
        lookup: which table and columns.
        names: of `lookup.columns`, those that matter; the required ones by default.

    Returns:
        Those of the names whose column is not there; all of them where the table is not shown.

    Raises:
        RetryLater: Info-Link cannot be asked now.
    """
    wanted = lookup.required if names is None else names
    try:
        table = _table(reader, lookup)
        real = _columns(table, lookup)
    except FixConfiguration:  # the table is not shown: the catalog says nothing else
        return [name for name in lookup.columns if name in set(wanted)]
    not_needed = {_COMPANY} if table.one_company else set()
    return [name for name in lookup.columns if name in set(wanted) - not_needed and real[name] is None]


def _columns(table: SiteTable, lookup: Lookup) -> dict[str, tuple[str, str] | None]:
    """Name -> the column's own name and type; None where the site lacks it."""
    return {name: _real(named, table) for name, named in lookup.columns.items()}


def _table(reader: InfoLinkReader, lookup: Lookup, codes: Collection[str] = ()) -> SiteTable:
    """The table, with texts in place of what could not be compared with these codes."""
    columns = {name: (named,) if isinstance(named, str) else named for name, named in lookup.columns.items()}
    compared = [column for name in (*codes, _COMPANY) for column in columns.get(name, ())]
    return reader.table(lookup.table).as_texts(compared, [column for named in columns.values() for column in named])


def _real(named: str | tuple[str, ...], table: SiteTable) -> tuple[str, str] | None:
    names = (named,) if isinstance(named, str) else named
    return next((found for name in table.in_order(names) if (found := table.find(name))), None)


def _filter(name: str, column: str, kind: str, code: str, binds: Binds) -> list[str]:
    qualified = f"{_ALIAS}.{column}"
    listed = [
        binds.value(f"{name}_stored_{number}", spelling)
        for number, spelling in enumerate(spellings(code, casts.width(kind)))
    ]
    exact = f"LTRIM(RTRIM({qualified})) IN ({binds.value(name, code)})"
    return [*([f"{qualified} IN ({', '.join(listed)})"] if listed else []), exact]


def _missing(lookup: Lookup, name: str) -> FixConfiguration:
    named = lookup.columns[name]
    column = named if isinstance(named, str) else " or ".join(named)
    return FixConfiguration(
        f"column {column} of {lookup.table} is missing, so what Spectrum holds is unknown",
        object=lookup.table,
        field=column,
        remedy="allow the column to this user in Info-Link's table security and run Update Database",
    )
