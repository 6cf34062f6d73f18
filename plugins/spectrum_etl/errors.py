"""The errors of the package, one class per remedy: what a person or a retry rule does about it. Used everywhere.

Retry rules and tasks catch the class; people read the message, which names object, record, field, value, limit and
what to do. Never put a secret into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

#: The systems that a connection leads to, as `sync.connections.kind` names them. Errors hold it as text: fields of a
#: record are often handed to them as one dictionary of texts.
System = Literal["web services", "Info-Link", "Procore", "warehouse"]

#: Which of the usual reasons an error is, as `sync.connections.cause` and the columns `cause` of other tables name it.
Cause = Literal[
    # A connection cannot be used.
    "unknown host",
    "address not allowed",
    "no answer",
    "certificate",
    "wrong credentials",
    "service not enabled",
    "service missing",
    "no rows",
    "unknown company",
    "not permitted",
    # A sync stops.
    "unknown job",
    "column missing",
    "column type",
    "landing incomplete",
    "check broken",
    "checks not met",
    "mass delete",
    "differs from source",
    "task ended",
    # A record is not exported.
    "approval ended",
    "nobody was asked",
    "payload changed",
    "exists already",
    "number taken",
    "refused",
    "answer lost",
    "not confirmed",
    # None of these.
    "configuration",
    "other",
]


class SpectrumEtlError(Exception):
    """Something went wrong, with where and what to do about it.

    Args:
        message: what is wrong, in words, without a full stop at the end.
        object: the importable or exportable object, or the service that was called.
        company: the company code.
        record: the key of the record, e.g. `job 24-404`.
        field: the field or parameter.
        value: its value; never a secret.
        limit: what would be allowed, e.g. `at most 10 characters`.
        remedy: what to do, as an instruction.
        connection: which Airflow connection the remedy is about.
        system: the `System` that could not be used as it should; None where the error says nothing about a system.
        cause: which of the usual reasons it is, where its class does not tell.
        names: the checks, jobs or tables that the message names, where they are several.
    """

    #: Which of the usual reasons it is; None where neither the class nor who raised it tells.
    cause: Cause | None = None
    #: The code that the other system gave it; blank where it gave none.
    code: str = ""

    def __init__(
        self,
        message: str,
        *,
        object: str | None = None,
        company: str | None = None,
        record: str | None = None,
        field: str | None = None,
        value: str | None = None,
        limit: str | None = None,
        remedy: str | None = None,
        connection: str | None = None,
        system: str | None = None,
        cause: Cause | None = None,
        names: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.object = object
        self.company = company
        self.record = record
        self.field = field
        self.value = value
        self.limit = limit
        self.remedy = remedy
        self.connection = connection
        self.system = system
        self.names = tuple(names)
        if cause is not None:
            self.cause = cause

    @property
    def sentence(self) -> str:
        """What is wrong and where, without what to do about it."""
        where = (
            self.object,
            f"company {self.company}" if self.company else None,
            self.record,
            self.field,
        )
        place = ", ".join(part for part in where if part)
        sentence = f"{place}: {self.message}" if place else self.message
        details = []
        if self.value is not None:
            details.append(f"it holds {self.value!r}")
        if self.limit is not None:
            details.append(f"allowed: {self.limit}")
        if details:
            sentence += f" ({'; '.join(details)})"
        return f"{sentence.rstrip('.')}."

    @property
    def subject(self) -> str:
        """What it is and what it is about, by its data without counts: the same failure has the same the next time."""
        parts = (type(self).__name__, self.code, self.object, self.record, self.field, *self.names)
        return " | ".join(part or "" for part in parts)

    @property
    def instruction(self) -> str | None:
        """What to do, with the connection that is meant, without a full stop; None where nothing is known to help."""
        if not self.remedy:
            return None
        remedy = self.remedy.rstrip(".")
        if not self.connection:
            return remedy
        return remedy.replace("the Airflow connection", f"the Airflow connection {self.connection}", 1)

    def __str__(self) -> str:
        return f"{self.sentence} What to do: {self.instruction}." if self.remedy else self.sentence

    def __reduce__(self) -> tuple[object, ...]:
        """Survive a pickle: tasks hand errors across processes."""
        return _rebuild, (type(self), self.message, {k: v for k, v in vars(self).items() if k != "message"})


@dataclass(frozen=True)
class Reason:
    """Why something failed, stopped or waits, as tables keep it: each part in a column of its own.

    Args:
        message: what is wrong and where, in words, without what to do about it; never a secret.
        remedy: what to do, as an instruction without a full stop; None where nothing is known to help.
        cause: which of the usual reasons it is; None where it is none of them.
        connection: id of the Airflow connection that it is about.
        subject: what it is about, without counts: tells it from others of the same cause.
    """

    message: str
    remedy: str | None = None
    cause: Cause | None = None
    connection: str | None = None
    subject: str | None = None

    @classmethod
    def of(cls, error: SpectrumEtlError, before: str = "") -> Reason:
        """The parts of an error.

        Args:
            error: what was raised.
            before: words that say what could not be done because of it.
        """
        return cls(f"{before}{error.sentence}", error.instruction, cause_of(error), error.connection, error.subject)

    @property
    def in_words(self) -> str:
        """All of it in one text, for logs and for who sees no columns."""
        return f"{self.message.rstrip('.')}. What to do: {self.remedy}." if self.remedy else self.message


@contextmanager
def about(system: System, connection: str) -> Iterator[None]:
    """What goes wrong in the block is about this system, and about this Airflow connection to it.

    Args:
        system: what is talked to.
        connection: id of the Airflow connection.
    """
    try:
        yield
    except SpectrumEtlError as error:
        error.system = error.system or system
        error.connection = error.connection or connection
        raise


def _rebuild(kind: type[SpectrumEtlError], message: str, fields: dict[str, object]) -> SpectrumEtlError:
    error = kind(message)
    vars(error).update(fields)
    return error


class RetryLater(SpectrumEtlError):
    """A passing fault: a dropped connection, a busy server, data that changed between two calls. Run it again."""


class Reauthenticate(SpectrumEtlError):
    """The credentials are not, or no longer, accepted: renew the token, or correct the password in the connection."""

    cause: Cause | None = "wrong credentials"


class FixConfiguration(SpectrumEtlError):
    """A setting, a connection or a permission is wrong; running again does not help until a person corrects it."""


class FixRecord(SpectrumEtlError):
    """One record is wrong; the others go on."""


class StopSync(SpectrumEtlError):
    """Stop and look: an incomplete answer, a required column gone, too many deletions. Nothing is published."""


def cause_of(error: SpectrumEtlError) -> Cause:
    """Which of the usual reasons it is; where neither its class nor who raised it tells, by its remedy."""
    if error.cause is not None:
        return error.cause
    if isinstance(error, RetryLater):
        return "no answer"
    return "configuration" if isinstance(error, FixConfiguration) else "other"
