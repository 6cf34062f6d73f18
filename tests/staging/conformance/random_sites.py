"""Sites that nobody has seen: random names, types, schemas and collations over the same books, and who knows them.

Names that are unlike come from words that no spec uses. What a site calls a column is kept as the truth, so that a test
can tell a proposal that is right from a guess.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from sandbox.data import layouts, own_site
from sandbox.data.tables import Column, tables
from spectrum_etl.settings.infolink import table_name
from spectrum_etl.sources.infolink.names import columns_read
from spectrum_etl.staging.objects import OBJECTS

#: No word of Spectrum's, nor the beginning or a short form of one.
_WORDS = """
    kestrel anvil plover tundra saffron quartz lantern meadow walnut gravel harbor ember fjord glacier hazel ivory
    kayak lagoon mosaic nectar opal pepper quiver ripple sable thistle umbra velvet willow xenon yonder zephyr alpaca
    bison cobra dolphin falcon gecko heron iguana jaguar koala lemur marmot narwhal ocelot panther quail raven stork
"""
WORDS = _WORDS.split()
_SHORT = {
    "Number": ("No", "Nbr", "Num"), "Amount": ("Amt",), "Description": ("Descr", "Desc"), "Code": ("Cd",),
    "Date": ("Dt",), "Quantity": ("Qty",), "Original": ("Orig",), "Company": ("Comp",), "Vendor": ("Vend",),
    "Customer": ("Cust",), "Contract": ("Contr",), "Address": ("Addr",),
}  # fmt: skip
_COMPANY = "Company_Code"
_COLLATIONS = ("SQL_Latin1_General_CP1_CI_AS", "Latin1_General_CI_AS", "Latin1_General_CS_AS", "Latin1_General_BIN2")
#: Texts of the books that are made to hold a flag or an identifier, so that a site may type them so.
FLAGS = {"VN_VENDOR_MASTER_MC": "Hold_Flag", "JC_JOB_MASTER_MC": "Taxable_Flag"}
IDENTIFIERS = {
    "VN_VENDOR_MASTER_MC": "Vendor_Email", "JC_PHASE_MASTER_MC": "Comment", "VN_SUBCONTRACT_MC": "Comment_1",
}  # fmt: skip


def _stored(table: str) -> str:
    """What the stand-in calls a table of the specs."""
    return table if table in tables() else table.removesuffix("_MC")


def _columns_of(object_name: str) -> dict[str, set[str]]:
    """Stored table -> columns of it that an object reads, as they are stored."""
    found: dict[str, set[str]] = {}
    for table in OBJECTS[object_name].tables:
        if table.infolink is None:
            continue
        wanted = [(source, name) for source, name, _ in columns_read([table])]
        for entry in table.infolink.joined:
            alias, _, names = entry.removesuffix("?").partition(".")
            wanted += [(table.infolink.tables[alias].upper(), name.upper()) for name in names.split("|")]
        for source, name in wanted:
            stored = _stored(source)
            real = {column.name.upper(): column.name for column in tables()[stored].columns}
            if name in real:
                found.setdefault(stored, set()).add(real[name])
    return found


def prepare(connection: psycopg.Connection) -> None:
    """Make the books such that every retyping keeps every value: nothing else may decide whether rows are equal."""
    for table, column in FLAGS.items():
        connection.execute(f"""update dbo."{table}" set "{column}" = case "{column}" when 'Y' then '1' else '0' end""")  # noqa: S608
    for table, column in IDENTIFIERS.items():
        connection.execute(f'update dbo."{table}" set "{column}" = upper(gen_random_uuid()::text)')  # noqa: S608
    dated = "coalesce(nullif(btrim(\"Tran_Date_Text\"), ''), '20260101')"
    connection.execute(
        f"delete from dbo.\"JC_TRANSACTION_HISTORY_MC\" where not pg_input_is_valid({dated}, 'date')"  # noqa: S608
    )


@dataclass
class RandomSite:
    """One site.

    Args:
        seed: everything follows from it.
        object_name: whose tables it names in its own way.
        tables: name of the specs -> (schema.name as settings say it, whether it shows one company alone).
        columns: (table of the specs, column as stored) -> what the site calls it.
        unlike: those of both whose names are like nothing.
        types: (stored table, column) -> type.
    """

    seed: int
    object_name: str
    tables: dict[str, tuple[str, bool]] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    unlike: set[tuple[str, str]] = field(default_factory=set)
    types: dict[tuple[str, str], str] = field(default_factory=dict)

    def show(self, connection: psycopg.Connection) -> None:
        """Make it up, and let Info-Link show it."""
        chance = random.Random(self.seed)
        words = iter(chance.sample([f"{a}_{b}" for a in WORDS for b in WORDS if a != b], 400))
        own_site.forget(connection)
        read = _columns_of(self.object_name)
        summed = _summed(self.object_name)
        base = chance.choice(("", "", *_COLLATIONS))
        for stored in sorted(read):
            self._rename_table(connection, chance, words, stored)
            for column in sorted(read[stored]):
                if column == _COMPANY and self.tables.get(_spec(stored), ("", False))[1]:
                    continue
                definition = tables()[stored].column(column)
                self._rename_column(connection, chance, words, stored, column)
                mixed = base if chance.random() < 0.8 else chance.choice(_COLLATIONS)
                kind = _type(chance, stored, definition, mixed, (stored, column) in summed)
                if kind:
                    self.types[stored, column] = kind
                    own_site.say(connection, stored, column, type=kind)
        layouts.show(connection, "own")

    def _rename_table(self, connection: psycopg.Connection, chance: random.Random, words: Any, stored: str) -> None:
        spec = _spec(stored)
        way = chance.choice(("as it is", "as it is", "moved", "like", "unlike", "one company"))
        schema = chance.choice(("", "reporting", "Spectrum Data", "Order", "old.stock"))
        name = stored
        if way in ("like", "one company"):
            name = chance.choice((stored.removesuffix("_MC"), stored.removesuffix("_MC").title().replace("_", "")))
        elif way == "unlike":
            name = _odd(chance, next(words).title())
        if way == "moved":
            schema = schema or "reporting"
        elif way == "as it is":
            schema = ""
        if (name, schema) == (stored, "") and way != "one company":
            return
        one_company = way == "one company"
        own_site.say(connection, stored, "", name=name, schema=schema, own_company=one_company)
        self.tables[spec] = (table_name(schema or "dbo", name), one_company)
        if way == "unlike":
            self.unlike.add((spec, ""))

    def _rename_column(
        self, connection: psycopg.Connection, chance: random.Random, words: Any, stored: str, column: str
    ) -> None:
        way = chance.choice(("as it is", "as it is", "like", "unlike"))
        if way == "as it is":
            return
        name = _odd(chance, next(words).title()) if way == "unlike" else _like(chance, column)
        if name.upper() in {other.upper() for (table, _), other in self.columns.items() if table == _spec(stored)}:
            return
        if any(name.upper() == known.upper() for known in tables()[stored].names):
            return
        self.columns[_spec(stored), column] = name
        own_site.say(connection, stored, column, name=name)
        if way == "unlike":
            self.unlike.add((_spec(stored), column))

    def is_right(self, table: str, proposed: Mapping[str, Any]) -> bool:
        """Whether lines that were proposed for a table say what is the case."""
        place, one_company = self.tables.get(table, (None, False))
        if proposed.get("table") not in (None, place) or proposed.get("one_company", False) not in (False, one_company):
            return False
        real = {column.upper(): name for (of, column), name in self.columns.items() if of == table}
        return all(real.get(self.stored_name(table, c)) == name for c, name in (proposed.get("columns") or {}).items())

    def stored_name(self, table: str, column: str) -> str:
        """A column of the specs as it is stored, in upper case: a spec may list several names for it."""
        known = {name.upper() for name in tables()[_stored(table)].names}
        others = (names for names in _alternatives(self.object_name, table) if column.upper() in names)
        return next((name for names in others for name in names if name in known), column.upper())

    def by_hand(self, table: str, column: str) -> dict[str, Any]:
        """What a person who knows the site writes for something that was not found."""
        if not column:
            place, _ = self.tables[table]
            return {"table": place}
        if column.upper() == _COMPANY.upper() and self.tables.get(table, ("", False))[1]:
            return {"one_company": True}
        stored = self.stored_name(table, column)
        return {
            "columns": {column: next(n for (of, c), n in self.columns.items() if of == table and c.upper() == stored)}
        }


def _spec(stored: str) -> str:
    """A stored table as the specs call it."""
    return stored if stored.endswith("_MC") else f"{stored}_MC"


def _alternatives(object_name: str, table: str) -> Iterable[list[str]]:
    for spec in OBJECTS[object_name].tables:
        if spec.infolink is None:
            continue
        first = next(iter(spec.infolink.tables))
        for column in spec.columns:
            parts = [source.rpartition(".") for source in column.sources]
            yield [n.upper() for a, _, n in parts if spec.infolink.tables.get(a or first, "") == table]
        for entry in spec.infolink.joined:
            alias, _, names = entry.removesuffix("?").partition(".")
            if spec.infolink.tables[alias] == table:
                yield names.upper().split("|")


def _summed(object_name: str) -> set[tuple[str, str]]:
    """Columns that a query adds up: no site can keep these as text."""
    found = set()
    for spec in OBJECTS[object_name].tables:
        if spec.infolink is None:
            continue
        for entry in spec.infolink.joined:
            alias, _, names = entry.removesuffix("?").partition(".")
            found |= {(_stored(spec.infolink.tables[alias]), name) for name in names.split("|")}
        if spec.infolink.added_up:
            found |= {(_stored(spec.infolink.table), c.sources[0]) for c in spec.columns if c.sources and not c.key}
    return found


def _like(chance: random.Random, column: str) -> str:
    """A name that a person would take for the column's: shortened, joined, or in another order."""
    words = re.findall(r"[A-Za-z]+|\d+", column)
    words = [chance.choice(_SHORT[w]) if w in _SHORT and chance.random() < 0.5 else w for w in words]
    if len(words) > 1 and chance.random() < 0.2 and not any(w.isdigit() for w in words):
        words = words[1:] + words[:1]
    joined = chance.choice(("", "_", " ")).join(words)
    return joined.upper() if chance.random() < 0.2 and "_" in joined else joined


def _odd(chance: random.Random, name: str) -> str:
    """The name, or one of which SQL, YAML or a path of names could make something else."""
    return chance.choice((name, name, f"{name} %", f"[{name}]", f'{name}."x"', f"{name}'s: #1", f"Größe {name}"))


def _type(chance: random.Random, table: str, column: Column, collation: str, summed: bool) -> str:
    """Another type that holds every value of a column; blank for its own."""
    collate = f" COLLATE {collation}" if collation else ""
    if FLAGS.get(table) == column.name and chance.random() < 0.6:
        return "bit"
    if IDENTIFIERS.get(table) == column.name and chance.random() < 0.6:
        return "uniqueidentifier"
    if column.name == "Tran_Date_Text":
        return chance.choice(("date", "datetime", "datetime2(3)", "smalldatetime", "char(8)", "nvarchar(8)", "int"))
    if column.kind == "text":
        width = column.width or 1
        kinds = (f"varchar({width})", f"char({width})", f"nchar({width})", f"nvarchar({width + 5})", "nvarchar(max)")
        kinds += ("text", "ntext")
        kind = chance.choice(kinds)
        return kind + collate if collate else kind if chance.random() < 0.5 else ""
    if chance.random() < 0.4:
        return ""
    if column.kind == "date":
        return chance.choice(("date", "datetime", "smalldatetime", "datetime2(0)", "datetime2(7)", "datetimeoffset(3)"))
    if column.kind == "integer":
        return chance.choice(("smallint", "bigint", "decimal(9,0)"))
    whole, places = (int(digits) for digits in column.sql_type[len("numeric(") : -1].split(","))
    kinds = [f"decimal(28,{places})", f"decimal(19,{max(places, 4)})", f"numeric(28,{places + 4})", "float"]
    if places <= 4:
        kinds += ["money", "money"]
    if not summed:
        kinds += [f"varchar({whole + 4})"]
    return chance.choice(kinds)
