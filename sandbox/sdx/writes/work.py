"""One call of a writing service while it is being done: its values, its transaction, the problems found so far.

Made by `perform`, used by every service.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from sandbox.data.tables import tables
from sandbox.data.written import keep_fields
from sandbox.sdx.services import Parameter, Service
from sandbox.sdx.writes.checks import is_number
from sandbox.sdx.writes.results import Refused, Result


@dataclass(frozen=True)
class Options:
    """How this installation reads what its pages leave open (`write_` switches of `sandbox.fault_list`)."""

    new_cost_type_renames: bool = True
    blank_status_activates: bool = False
    same_line_updates: bool = False
    worked_out_projections: str = "refuse"


@dataclass
class Work:
    """A call being done.

    Args:
        connection: its transaction.
        service: what was called.
        values: the elements by name, trimmed.
        company: the company it writes to, trimmed.
        today: the processing date.
        options: the installation's habits.
    """

    connection: Connection[DictRow]
    service: Service
    values: Mapping[str, str]
    company: str
    today: date
    options: Options
    problems: list[Result] = field(default_factory=list)
    notes: list[Result] = field(default_factory=list)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The declared elements by name."""
        return {parameter.name: parameter for parameter in self.service.parameters}

    def text(self, name: str) -> str:
        """Return an element's text, blank when it was sent empty."""
        return self.values[name]

    def value(self, name: str) -> str | Decimal | date | None:
        """Return an element as its column holds it, None when it was sent empty."""
        text, parameter = self.values[name], self.parameters[name]
        if not text:
            return None
        if parameter.kind == "date":
            return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar day has no zone
        return Decimal(text) if is_number(parameter) else text

    def day(self, name: str) -> date | None:
        """Return a date element, None when it was sent empty."""
        value = self.value(name)
        return value if isinstance(value, date) else None

    def number(self, name: str) -> Decimal | None:
        """Return a numeric element, None when it was sent empty."""
        value = self.value(name)
        return value if isinstance(value, Decimal) else None

    def columns(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of the elements that are not blank, by column.

        Args:
            names: element to column.
        """
        return {column: self.value(name) for name, column in names.items() if self.values[name]}

    def row(self, table: str, renamed: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of the elements that are not blank and that a table has a column for, by column.

        Args:
            table: a table of Info-Link; an element of a column's name is that column's.
            renamed: element to column, where the names differ.
        """
        same = {name: name for name in self._parts if name in tables()[table].names}
        return self.columns(same | {name: column for name, column in renamed.items() if name in self.parameters})

    @property
    def _parts(self) -> list[str]:
        """The elements besides the company, which is part of every key."""
        return [name for name in self.parameters if name not in {"Authorization_ID", "GUID", "Company_Code"}]

    def invalid(self, column: str, description: str) -> None:
        """Note an element with an invalid value."""
        self.problems.append(Result("I", description, column))

    def missing(self, *columns: str) -> None:
        """Note each of these elements that is blank as missing."""
        self.problems += [Result("M", f"{column} is required", column) for column in columns if not self.values[column]]

    def tell(self, column: str, description: str) -> None:
        """Add something to say about an element of a call that is done (code G)."""
        self.notes.append(Result("G", description, column))

    def settle(self) -> None:
        """Go on only without problems.

        Raises:
            Refused: there are some.
        """
        if self.problems:
            # One record an element: the first thing that is wrong with it.
            raise Refused(list({problem.column: problem for problem in reversed(self.problems)}.values())[::-1])

    def keep(self, kind: str, key: str, table: str, renamed: Iterable[str] = ()) -> None:
        """Keep the elements no Info-Link column holds.

        Args:
            kind: the kind of record.
            key: its key in the company, trimmed.
            table: the table of the record.
            renamed: elements whose values stand in a column of another name.
        """
        shown = tables()[table].names | set(renamed)
        kept = {name: self.values[name] for name in self._parts if name not in shown}
        keep_fields(self.connection, kind, self.company, key, kept)
