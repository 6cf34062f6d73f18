"""Turns the parameters of a read into SQL conditions on stored, padded codes; used by the job and phase reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from psycopg import sql

from sandbox.sdx.superselect import parse

_COMPANY_WIDTH = 3


@dataclass
class Where:
    """Conditions joined by AND, with their parameters in order."""

    parts: list[sql.Composable] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, part: sql.Composable, values: Iterable[object] = ()) -> None:
        """Add a condition whose `%s` take `values`."""
        self.parts.append(part)
        self.values += list(values)

    def superselect(self, column: str, text: str, width: int | None = None) -> None:
        """Add what a SuperSelect expression says about a column.

        Args:
            column: the stored column.
            text: the expression.
            width: the column's width when it is indexed: a plain value is then looked up by its stored spellings.

        Raises:
            SuperSelectError: the expression breaks the rules.
        """
        selection = parse(text)
        if width is not None and selection.exact is not None:
            self.any_of(column, [selection.exact], width)
        elif selection.terms:
            part, values = selection.condition(trimmed(column))
            self.add(part, values)

    def any_of(self, column: str, codes: Iterable[str], width: int) -> None:
        """Ask for some trimmed codes in a way an index on the padded column serves."""
        spellings = [spelling for code in codes for spelling in stored_spellings(code, width)]
        self.add(sql.SQL("{} = ANY(%s)").format(sql.Identifier(column)), [spellings])

    def companies(self, companies: Iterable[str]) -> None:
        """Ask for some companies."""
        self.any_of("Company_Code", companies, _COMPANY_WIDTH)

    def status(self, status: str) -> None:
        """Ask for one status; a blank one means active and inactive (reference, pStatus_Code)."""
        if status.strip():
            self.add(sql.SQL('"Status_Code" = %s'), [status.strip()])
        else:
            self.add(sql.SQL("\"Status_Code\" IN ('A', 'I')"))

    def exact(self, column: str, value: str) -> None:
        """Ask for one plain value of a column; blank asks for nothing."""
        if value.strip():
            self.add(sql.SQL("{} = %s").format(trimmed(column)), [value.strip()])

    def sql(self) -> sql.Composed:
        """Return the text after WHERE."""
        return sql.SQL(" AND ").join(self.parts)


def trimmed(column: str) -> sql.Composed:
    """Return the SQL of a code without its padding, blank for NULL."""
    return sql.SQL("coalesce(btrim({}), '')").format(sql.Identifier(column))


def stored_spellings(code: str, width: int) -> list[str]:
    """Return every way a trimmed code can be stored: with leading and trailing spaces up to the column's width."""
    room = max(0, width - len(code))
    return [" " * left + code + " " * right for left in range(room + 1) for right in range(room + 1 - left)]
