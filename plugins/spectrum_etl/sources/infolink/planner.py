"""Lays a table's spec over the columns of one site (M4).

Names are compared without regard to case, and those that a spec lists are tried in their order. What is certain and
needed stops the sync where it is missing; what is only assumed never does: the table is staged with what there is, and
the difference says what that affects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from spectrum_etl.errors import Cause, FixConfiguration, StopSync
from spectrum_etl.model.drift import Drift, DriftKind
from spectrum_etl.model.spec import Column, Table
from spectrum_etl.settings import COUNTED_CHANGE_TYPES
from spectrum_etl.sources.infolink import casts
from spectrum_etl.sources.infolink.plan import COMPANY_CODE, PlannedColumn, ReadPlan, infolink_of
from spectrum_etl.sources.infolink.published import KNOWN
from spectrum_etl.sources.infolink.site import SiteTable

_MISSING_REMEDY = (
    "allow the column in Info-Link, or give this site's name for it in infolink.names; nothing is published without it"
)
_COMPANY = "COMPANY_CODE"

Find = Callable[[str], SiteTable]


def make_plan(
    table: Table,
    company: str,
    stage_employees: bool,
    find: Find,
    *,
    login_company: str = "",
    change_types: tuple[str, ...] = COUNTED_CHANGE_TYPES,
    written: str | None = None,
) -> ReadPlan:
    """Lay a table's spec over the real columns.

    Args:
        table: the spec.
        company: company code, for messages and filters.
        stage_employees: whether personal columns are read (M9).
        find: Info-Link table -> the table as this site has it; raises FixConfiguration for one that is not shown.
        login_company: the company whose rows a table without `_MC` shows: the first letters of the login's name.
        change_types: types of change request statuses that count towards the estimate.
        written: what the tables write for the company code; None where they write the code.

    Returns:
        The plan; its `left_out` says why where the table cannot be staged at all.

    Raises:
        StopSync: a certain key column, a required one or one that the query needs is missing, or one that is added up
            does not hold numbers.
        FixConfiguration: a table that the query needs is not shown.
    """
    plan = _Planner(table, company, find, login_company, written).plan(stage_employees)
    return replace(plan, change_types=change_types)


class _Planner:
    def __init__(self, table: Table, company: str, find: Find, login_company: str, written: str | None) -> None:
        self.table = table
        self.company = company.strip()
        self.written = self.company if written is None else written.strip()
        self.login_company = login_company
        self.infolink = infolink_of(table)
        self.first = next(iter(self.infolink.tables))
        self.drift: dict[tuple[str, str, str], Drift] = {}
        self.real: dict[str, dict[str, tuple[str, str]]] = {}
        self.tables: dict[str, SiteTable] = {}
        self.names: dict[str, dict[str, str]] = {}
        self.left_out = ""
        self.added_up = self.infolink.added_up
        #: "alias.Name" of the template -> the names to try, and whether one of them must be there.
        self.joined: dict[str, tuple[tuple[str, ...], bool]] = {}
        for entry in self.infolink.joined:
            alias, _, names = entry.removesuffix("?").partition(".")
            first, *others = names.split("|")
            self.joined[f"{alias}.{first}"] = ((first, *others), not entry.endswith("?"))
        for alias, source in self.infolink.tables.items():
            self._find_table(alias, source, find)

    def plan(self, stage_employees: bool) -> ReadPlan:
        for name, (names, required) in self.joined.items():
            self._find_joined(name, names, required)
        wanted = self.table.read_columns(stage_employees)
        columns = () if self.left_out else self._without_conflict(tuple(self._planned(column) for column in wanted))
        self._find_new()
        return ReadPlan(
            table=self.table,
            company=self.company,
            written=self.written,
            columns=() if self.left_out else columns,
            real=self.real,
            drift=tuple(self.drift.values()),
            tables=self.tables,
            names=self.names,
            added_up=self.added_up,
            left_out=self.left_out,
        )

    def _find_table(self, alias: str, source: str, find: Find) -> None:
        try:
            found = find(source)
        except FixConfiguration as error:
            if alias not in self.infolink.optional:
                raise
            self._leave_out_table(alias, "", f"{error.message}; {self.infolink.optional[alias]}")
            return
        codes, others = self._codes_and_others(alias)
        found = found.as_texts(codes, others)
        # Where letter case counts, two columns may differ by nothing else: that of the spec's spelling is meant.
        in_order = sorted(reversed([*found.columns.items()]), key=lambda column: column[0] in codes | others)
        self.real[alias] = {name.upper(): (name, kind) for name, kind in in_order}
        self.tables[alias] = found
        self.names[alias] = {}

    def _codes_and_others(self, alias: str) -> tuple[set[str], set[str]]:
        """The columns that are read of a table: those that hold codes and texts, and others."""
        codes, others, summed = set[str](), set[str](), set[str]()
        for column in self.table.columns:
            is_text = column.type in {"code", "text"} or column.ymd
            for source in column.sources:
                of, name = self._split(source)
                if self._is_derived(source):
                    summed.add(name)
                elif of == alias:
                    (codes if is_text else others).add(name)
        for joined, (names, _) in self.joined.items():
            of, name = joined.split(".")
            if of == alias:
                (others if name in summed else codes).update(names)
        return codes - others, others

    def _leave_out_table(self, alias: str, column: str, detail: str) -> None:
        """Do without a table of the query, or without the staged table where that one holds its rows."""
        self.drift[self.infolink.tables[alias], column.upper(), "missing"] = Drift(
            self.infolink.tables[alias], column, "missing", f"{self.table.name}: {detail}"
        )
        for known in (self.tables, self.names):
            known.pop(alias, None)
        if alias == self.first:
            self.left_out = detail

    def _planned(self, column: Column) -> PlannedColumn:
        if not column.sources:
            return PlannedColumn(column.name, column)
        of_bytes = None
        for source in self._in_order(column.sources):
            found = self._derived(column, source) if self._is_derived(source) else self._direct(column, source)
            if found and casts.is_bytes(found.type):
                of_bytes = of_bytes or found
            elif found:
                self._note_stand_in(column, source)
                return self._as_configured(column, found)
        if of_bytes:
            return self._without_bytes(of_bytes)
        alias, name = self._split(column.sources[0])
        if self._company_of_login(alias, name):
            return PlannedColumn(column.name, column, COMPANY_CODE, "varchar(3)")
        if alias not in self.tables:
            return PlannedColumn(column.name, column)  # its table is left out, and that is noted
        if column.assumed:
            self._note(alias, name, "missing", self._do_without(column))
        elif column.required or (column.key and not column.may_be_blank):
            raise self._missing(alias, name, f"staged as {column.name}, which every row needs")
        elif not self._is_derived(column.sources[0]):
            staged = "blank" if column.may_be_blank else "NULL"
            self._note(alias, name, "missing", f"{column.name} is staged as {staged}")
        return PlannedColumn(column.name, column)

    def _as_configured(self, column: Column, found: PlannedColumn) -> PlannedColumn:
        """Where the tables write the company's code otherwise, their rows of it are staged with its code."""
        is_company = column.key and self._split(column.sources[0])[1].upper() == _COMPANY
        if self.written == self.company or not is_company:
            return found
        return PlannedColumn(column.name, column, COMPANY_CODE, "varchar(3)")

    def _without_conflict(self, columns: tuple[PlannedColumn, ...]) -> tuple[PlannedColumn, ...]:
        """Texts of several collations cannot stand in one expression: each is given a stated one then."""
        collations = {c.name: self._collation(c) for c in columns}
        if len(set(filter(None, collations.values()))) < 2:
            return columns
        return tuple(replace(c, collated=True) if collations[c.name] else c for c in columns)

    def _collation(self, column: PlannedColumn) -> str:
        alias, _, name = (column.source or "").partition(".")
        return self.tables[alias].collations.get(name, "") if alias in self.tables else ""

    def _note_stand_in(self, column: Column, source: str) -> None:
        """Note where a column of another table stands for one that is not there."""
        alias, name = self._split(column.sources[0])
        other, stands_for = self._split(source)
        if other != alias:
            table = self.infolink.tables.get(other, other)
            self._note(alias, name, "missing", f"{table}.{stands_for} stands for it in {column.name}")

    def _do_without(self, column: Column) -> str:
        """Stage without an assumed column; what that affects."""
        if column.key:
            self.added_up = True
            rows = "rows that the rest of the key does not tell apart are added up"
            return f"{self.table.name} is staged without {column.name}, and {rows}: {column.without}"
        if column.required:
            self.left_out = f"without {column.name} it cannot be staged: {column.without}"
            return f"{self.table.name} is not staged: {column.without}"
        return f"{column.name} is staged as NULL: {column.without}"

    def _direct(self, column: Column, source: str) -> PlannedColumn | None:
        alias, name = self._split(source)
        found = self.real[alias].get(name.upper()) if alias in self.tables else None
        if found is None:
            return None
        real, kind = found
        if casts.is_bytes(kind):
            return PlannedColumn(column.name, column, f"{alias}.{real}", kind)
        self.names[alias][self._split(column.sources[0])[1]] = f"{alias}.{real}"
        self._compare(alias, real, kind, column)
        return PlannedColumn(column.name, column, f"{alias}.{real}", kind)

    def _without_bytes(self, planned: PlannedColumn) -> PlannedColumn:
        """Do without a column of which nothing can be staged."""
        column, kind = planned.spec, planned.type
        alias, real = self._split(planned.source or "")
        if column.assumed:
            effect = self._do_without(column)
        elif column.required or (column.key and not column.may_be_blank):
            raise self._stop(alias, real, f"is {kind}, of which nothing can be staged as {column.name}", "column type")
        else:
            effect = f"{column.name} is staged as {'blank' if column.may_be_blank else 'NULL'}"
        self._note(alias, real, "type", f"is {kind}, which holds bytes; {effect}")
        return PlannedColumn(column.name, column)

    def _derived(self, column: Column, source: str) -> PlannedColumn | None:
        """A sum over another table of the query, `adjusted.Est_Cost`: there if the column that is summed is."""
        name = source.split(".")[1]
        base = next(joined for joined in self.joined if joined.split(".")[1] == name)
        alias = base.split(".")[0]
        qualified = self.names.get(alias, {}).get(name)
        if qualified is None:
            return None
        real, kind = self.real[alias][qualified.split(".")[1].upper()]
        self._compare(alias, real, kind, column)
        if casts.family(kind) != "number":
            if self.joined[base][1]:
                raise self._stop(alias, real, f"is {kind} and cannot be added up to {column.name}", "column type")
            return None
        summed = casts.as_number(f"{alias}.{real}", kind, cents=column.type == "money")
        return PlannedColumn(column.name, column, source, "decimal(38,6)", summed=summed)

    def _find_joined(self, joined: str, names: tuple[str, ...], required: bool) -> None:
        alias, wanted = joined.split(".")
        if alias not in self.tables:
            return
        for name in self.tables[alias].in_order(names):
            if found := self.real[alias].get(name.upper()):
                self.names[alias][wanted] = f"{alias}.{found[0]}"
                return
        if self._company_of_login(alias, wanted):
            return
        if alias in self.infolink.optional and required:
            self._leave_out_table(alias, wanted, self.infolink.optional[alias])
        elif required:
            raise self._missing(alias, wanted, "needed by the query")
        else:
            effect = self.infolink.optional.get(alias, "what is summed of it is staged as NULL")
            self._note(alias, wanted, "missing", f"{self.table.name}: {effect}")

    def _company_of_login(self, alias: str, name: str) -> bool:
        """Whether the rows need no company code: a table without `_MC` shows only those of the login's company; one
        that the settings name shows one company's where they say so.

        Source: reference/spectrum-api.md, section 4.
        """
        if name.upper() != _COMPANY or alias not in self.tables:
            return False
        found = self.tables[alias]
        if found.one_company:
            return True
        if found.named:
            raise self._no_company_code(alias)
        if found.is_shared:
            return False
        if self.login_company.upper() == self.company.upper():
            return True
        error = FixConfiguration(
            f"{found.name} shows the rows of the login's own company only, which is"
            f" {self.login_company or 'not known'}",
            object=self.table.name,
            company=self.company,
            field=f"{found.name}.Company_Code",
            remedy=f"have {self.infolink.tables[alias]} allowed in Info-Link, give this company an Info-Link connection"
            f" with a login of its own, or, where {found.name} shows only this company's rows, say so in"
            " infolink.names (one_company)",
        )
        if alias not in self.infolink.optional:
            raise error
        self._leave_out_table(alias, name, f"{error.message}; {self.infolink.optional[alias]}")
        return True

    def _no_company_code(self, alias: str) -> FixConfiguration:
        """Of a table that the settings name: whose rows it shows, nobody can tell, whether it is optional or not."""
        found, asked = self.tables[alias], self.infolink.tables[alias]
        return FixConfiguration(
            f"{found.name}, which the settings name for {asked}, has no company code",
            object=self.table.name,
            company=self.company,
            field=f"{found.name}.Company_Code",
            remedy=f"where {found.name} shows only this company's rows, write `one_company: true` for {asked} in"
            " infolink.names; else name its company column there, or another table",
        )

    def _find_new(self) -> None:
        used = {self._split(source) for column in self.table.columns for source in column.sources}
        used |= {(joined.split(".")[0], name) for joined, (names, _) in self.joined.items() for name in names}
        unread = frozenset(self.infolink.unread.upper().split())
        for alias in self.tables:
            source = self.infolink.tables[alias]
            known = {name.upper() for of, name in used if of == alias} | KNOWN.get(source, frozenset()) | unread
            for upper, (real, kind) in self.real[alias].items():
                if upper not in known:
                    self._note(alias, real, "new", f"{kind}; it is not read")

    def _compare(self, alias: str, real: str, kind: str, column: Column) -> None:
        kind = self.tables[alias].declared.get(real, kind)
        expected = expected_family(column)
        if expected is None:
            return
        if casts.family(kind) != expected:
            self._note(alias, real, "type", f"is {kind}, expected a {expected}; rows that do not fit are rejected")
        elif casts.is_inexact(kind) or (column.type == "money" and casts.is_longer_than_cents(kind)):
            rounded = "amounts are rounded to cents" if column.type == "money" else "it holds no exact decimals"
            self._note(alias, real, "type", f"is {kind}, expected a decimal; {rounded}")

    def _is_derived(self, source: str) -> bool:
        return self._split(source)[0] not in self.infolink.tables

    def _in_order(self, sources: Sequence[str]) -> list[str]:
        """The names that a column may have, in the order in which they are tried: of a table first those that are set.

        A table that stands for another one still comes behind that, whatever is named there for another purpose.
        """
        aliases = list(dict.fromkeys(self._split(source)[0] for source in sources))

        def place(source: str) -> tuple[int, bool]:
            alias, name = self._split(source)
            named = alias in self.tables and name.upper() in self.tables[alias].own_names
            return aliases.index(alias), not named

        return sorted(sources, key=place)

    def _split(self, source: str) -> tuple[str, str]:
        alias, _, name = source.rpartition(".")
        return alias or self.first, name

    def _note(self, alias: str, column: str, change: DriftKind, detail: str) -> None:
        table = self.infolink.tables[alias]
        self.drift.setdefault((table, column.upper(), change), Drift(table, column, change, detail))

    def _missing(self, alias: str, name: str, why: str) -> StopSync:
        return self._stop(alias, name, f"is missing ({why})", "column missing")

    def _stop(self, alias: str, name: str, problem: str, cause: Cause) -> StopSync:
        table = self.infolink.tables[alias]
        return StopSync(
            f"column {name} of {table} {problem}",
            object=self.table.name,
            company=self.company,
            field=f"{table}.{name}",
            remedy=_MISSING_REMEDY,
            cause=cause,
        )


def expected_family(column: Column) -> casts.Family | None:
    """What a column of the source has to hold; None where anything will do."""
    if column.type in {"code", "text"} or column.ymd:
        return "text"
    if column.type in {"money", "quantity", "degrees", "integer"}:
        return "number"
    return "date" if column.type == "date" else None
