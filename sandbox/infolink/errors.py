"""Errors as SQL Server numbers them, and how PostgreSQL's become those.

Numbers and texts are those of SQL Server's published list ("Database Engine events and errors").
"""

import re

from sandbox.infolink import protocol


class TdsError(Exception):
    """An error to be sent to the client as a TDS ERROR token.

    Args:
        number: SQL Server's message number.
        text: the message, without secrets.
        severity: SQL Server's severity class, 11 to 25; 14 is a permission, 15 a syntax error, 16 the user's error.
        state: the state number.
    """

    def __init__(self, number: int, text: str, *, severity: int = 16, state: int = 1) -> None:
        super().__init__(text)
        self.number = number
        self.text = text
        self.severity = severity
        self.state = state

    def token(self) -> bytes:
        """The ERROR token to send."""
        return protocol.message_token(self.number, self.text, severity=self.severity, state=self.state)


def invalid_object(name: str) -> TdsError:
    """A table that does not exist."""
    return TdsError(208, f"Invalid object name '{name}'.")


def invalid_column(name: str) -> TdsError:
    """A column that does not exist."""
    return TdsError(207, f"Invalid column name '{name}'.")


def syntax(near: str) -> TdsError:
    """A statement that does not parse."""
    return TdsError(102, f"Incorrect syntax near '{near}'.", severity=15)


def denied(action: str, name: str, database: str) -> TdsError:
    """An action the read-only login may not do."""
    text = f"The {action} permission was denied on the object '{name}', database '{database}', schema 'dbo'."
    return TdsError(229, text, severity=14, state=5)


def denied_column(column: str, table: str, database: str) -> TdsError:
    """A column that the login was not granted."""
    text = (
        f"The SELECT permission was denied on the column '{column}' of the object '{table}', database '{database}',"
        " schema 'dbo'."
    )
    return TdsError(230, text, severity=14, state=1)


def unsupported(construct: str) -> TdsError:
    """A construct that this stand-in does not emulate and therefore refuses instead of guessing.

    The number is in the range that SQL Server leaves to users (50000 and above): it cannot be taken for one of its own.
    """
    return TdsError(50102, f"The Info-Link sandbox does not support {construct}: see its allow-list.", severity=15)


# SQLSTATE of PostgreSQL to SQL Server's number, severity and text; {text} is PostgreSQL's own first line.
_STATES: dict[str, tuple[int, str]] = {
    "42P01": (208, "Invalid object name: {text}."),
    "42703": (207, "Invalid column name: {text}."),
    "42501": (229, "The SELECT permission was denied: {text}."),
    "42803": (
        8120,
        "A column is invalid in the select list because it is in neither an aggregate nor GROUP BY: {text}.",
    ),
    "22012": (8134, "Divide by zero error encountered."),
    "22003": (8115, "Arithmetic overflow error: {text}."),
    "22P02": (8114, "Error converting data type: {text}."),
    "22007": (241, "Conversion failed when converting date and/or time from character string."),
    "22008": (242, "The conversion of a varchar data type to a datetime data type resulted in an out-of-range value."),
    "42883": (8117, "Operand data type is invalid for the operator or function: {text}."),
    "42804": (206, "Operand type clash: {text}."),
    "21000": (512, "Subquery returned more than 1 value."),
    "40001": (3960, "Snapshot isolation transaction aborted due to update conflict."),
    "40P01": (1205, "Transaction was deadlocked on lock resources and has been chosen as the deadlock victim."),
    "55P03": (1222, "Lock request time out period exceeded."),
}
_OWN = re.compile(r"^(\d+)\|(.*)$", re.DOTALL)


def from_postgres(state: str | None, text: str) -> TdsError:
    """The SQL Server error for a PostgreSQL one.

    Args:
        state: the five-character SQLSTATE, or None.
        text: PostgreSQL's primary message; the emulation's own functions raise `number|text`.
    """
    own = _OWN.match(text)
    if state == "TS000" and own:
        return TdsError(int(own[1]), own[2])
    number, template = _STATES.get(state or "", (50000, "The database behind the sandbox said ({state}): {text}."))
    severity = 14 if number == 229 else 16
    return TdsError(number, template.format(text=text.rstrip("."), state=state), severity=severity)
