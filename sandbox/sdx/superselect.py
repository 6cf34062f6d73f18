"""Spectrum's SuperSelect expressions: what a parameter such as pDivision or pJob_Number may say.

The forms and their combination rules are those of the `superselect` section of `sandbox/reference/sdx-services.yaml`.
Forms that are not described there (a star in the middle or only in front, a space beside a comma, a range between
wildcards) are refused, so that no client comes to rely on them.
"""

import re
from dataclasses import dataclass

from psycopg import sql

Condition = tuple[sql.Composable, list[str]]


class SuperSelectError(ValueError):
    """An expression that breaks the rules; its text says which."""


@dataclass(frozen=True)
class Selection:
    """A parsed expression: the terms it selects, or (`exclude`) the terms it leaves out. No terms select everything."""

    terms: tuple[str, ...] = ()
    exclude: bool = False

    @property
    def exact(self) -> str | None:
        """The one plain value that is asked for, or None when the expression is anything else."""
        if self.exclude or len(self.terms) != 1 or re.search(r"[*?/]", self.terms[0]):
            return None
        return self.terms[0]

    def matches(self, code: str) -> bool:
        """Say whether a trimmed code is selected."""
        return not self.terms or any(_matches(term, code) for term in self.terms) != self.exclude

    def condition(self, column: sql.Composable) -> Condition:
        """Return the SQL condition on a trimmed, non-null text expression, with its parameters (`%s`).

        Args:
            column: the SQL expression of the trimmed code.
        """
        if not self.terms:
            return sql.SQL("true"), []
        parts: list[sql.Composable] = []
        values: list[str] = []
        for term in self.terms:
            part, found = _term(term, column)
            parts.append(part)
            values += found
        joined = sql.SQL("({})").format(sql.SQL(" OR ").join(parts))
        # "Everything but" keeps the blank ones.
        return (sql.SQL("NOT {}").format(joined) if self.exclude else joined), values


def parse(text: str) -> Selection:
    """Read an expression.

    Args:
        text: the parameter as sent; blank, `ALL` and `*` select everything.

    Raises:
        SuperSelectError: a form or a combination that is not allowed.
    """
    expression = text.strip()
    if expression in {"", "ALL", "*"}:
        return Selection()
    if expression.startswith("#"):
        terms = expression[1:].split(",")
        if any(not term or re.search(r"[*?/#]", term) for term in terms):
            raise SuperSelectError("an exclusion (#) cannot be combined with anything but a list of plain values")
        _check_spaces(terms)
        return Selection(tuple(terms), exclude=True)
    if "#" in expression:
        raise SuperSelectError("an exclusion (#) must stand first and cannot be combined")
    if "*" in expression and "?" in expression:
        raise SuperSelectError("* cannot be combined with ?")
    if "*" in expression and "/" in expression:
        raise SuperSelectError("* cannot be combined with a range (/)")
    kinds = sum(mark in expression for mark in "*?/,")
    if kinds > 2:
        raise SuperSelectError("at most two kinds of selection can be combined")
    terms = expression.split(",")
    _check_spaces(terms)
    for term in terms:
        _check_term(term)
    return Selection(tuple(terms))


def _check_spaces(terms: list[str]) -> None:
    if any(term != term.strip() for term in terms):
        raise SuperSelectError("a list has no spaces around its commas")


def _check_term(term: str) -> None:
    if not term:
        raise SuperSelectError("a list has no empty places")
    if "/" in term:
        ends = term.split("/")
        if len(ends) != 2 or not all(ends) or "?" in term or any(end != end.strip() for end in ends):
            raise SuperSelectError("a range is first/last, two plain values without spaces")
    if "*" in term and not re.fullmatch(r"[^*]+\*|\*[^*]+\*", term):
        raise SuperSelectError("a wildcard is either L* (begins with) or *SMI* (contains)")


def _term(term: str, column: sql.Composable) -> Condition:
    if "/" in term:
        low, high = term.split("/")
        return sql.SQL('({} COLLATE "C" BETWEEN %s AND %s)').format(column), [low, high]
    if "*" in term or "?" in term:
        escaped = re.sub(r"([\\%_])", r"\\\1", term)
        return sql.SQL("{} LIKE %s").format(column), [escaped.replace("*", "%").replace("?", "_")]
    return sql.SQL("{} = %s").format(column), [term]


def _matches(term: str, code: str) -> bool:
    if "/" in term:
        low, high = term.split("/")
        return low <= code <= high
    pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in term)
    return re.fullmatch(pattern, code) is not None
