"""What the page can know of a company: which staged tables were ever read, and why others were not.

A site need not show every table, and an object may never be staged. Then no row does not mean that there is none, and
the page says so instead of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spectrum_etl.model import dag_ids
from spectrum_etl.page import scope
from spectrum_etl.page.reads import Row, Warehouse
from spectrum_etl.staging.objects import OBJECTS


class KnownTables:
    """Which tables of some objects are known of a company.

    Args:
        warehouse: where it is asked.
        company: company code.
        objects: importable objects.
    """

    def __init__(self, warehouse: Warehouse, company: str, objects: Iterable[str]) -> None:
        wanted = scope.tables_of(objects)
        rows = warehouse.rows("staged_tables", company=company, **wanted)
        self._company = company
        self._rows: Mapping[str, Row] = {row["table_name"]: row for row in rows}
        self._objects = dict(zip(wanted["tables"], wanted["objects"], strict=True))

    def why_not(self, table: str, *, needs: Iterable[str] = ()) -> str | None:
        """Why nothing is known of a table, as a sentence; None where it is known.

        Args:
            table: staged table.
            needs: parts of its key without which it tells nothing.
        """
        row, what = self._rows.get(table), table.replace("_", " ")
        if row is None or (row["read_at"] is None and not row["not_shown"]):
            dag = f"{dag_ids.STAGE}{self._objects[table]}"
            return f"Not known: {what} of company {self._company} are not staged ({dag} has never read all of them)."
        if row["not_shown"]:
            return f"Not known: this site does not show {what}, so they are not staged."
        lacking = sorted(set(needs) & set(row["absent"]))
        if lacking:
            columns = " and ".join(name.replace("_", " ") for name in lacking)
            return f"Not known: this site does not show the {columns} of {what}."
        return None

    def of_object(self, name: str) -> str | None:
        """The same for the first table of an object, which the others belong to."""
        return self.why_not(OBJECTS[name].tables[0].name)
