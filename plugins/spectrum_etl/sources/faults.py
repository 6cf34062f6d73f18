"""The errors of every source, in one tree: what went wrong with a call, and by its base class what to do about it.

The modules `faults` of the sources tell which of them an answer of their system means. Those with a `cause` are one of
the usual reasons of a connection that cannot be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spectrum_etl.errors import (
    Cause,
    FixConfiguration,
    FixRecord,
    Reauthenticate,
    RetryLater,
    SpectrumEtlError,
    StopSync,
)


@dataclass(frozen=True)
class FieldMessage:
    """What a system says about one field.

    Args:
        field: as the system names it; blank where it names none.
        message: its words, made safe.
        code: its code; blank where it gives none.
    """

    field: str
    message: str
    code: str = ""

    def __str__(self) -> str:
        said = f"{self.message or '(without a text)'} (code {self.code})" if self.code else self.message
        return f"{self.field}: {said}" if self.field else said


@dataclass(frozen=True)
class FailedRecord:
    """One record of a call for many that was not taken.

    Args:
        position: of the record among those given, from 0; None where the answer does not tell which it was.
        record: what identifies it, e.g. `id 562949953`.
        fields: what the system says.
        cause: the failure of the whole batch, where it was not only this record.
    """

    position: int | None
    record: str
    fields: tuple[FieldMessage, ...]
    cause: SpectrumEtlError | None = None

    def __str__(self) -> str:
        return f"{self.record} ({'; '.join(str(message) for message in self.fields) or 'no reason given'})"


class SourceFault(SpectrumEtlError):
    """A call of a source failed. Raised as one of the classes below.

    `status` is the HTTP status, None where no answer came; `fields` holds the messages per field, `code` the system's
    own code; `failed` and `entities` say which records of a call for many were not taken, and which were.
    """

    status: int | None = None
    fields: tuple[FieldMessage, ...] = ()
    failed: tuple[FailedRecord, ...] = ()
    entities: tuple[dict[str, Any], ...] = ()


# The way to the server.


class UnknownHost(SourceFault, FixConfiguration):
    """The host's name leads nowhere: a wrong setting, or a name server that hiccups."""

    cause: Cause | None = "unknown host"


class CertificateRefused(SourceFault, FixConfiguration):
    """The server's certificate is not trusted, or it speaks no TLS."""

    cause: Cause | None = "certificate"


class AddressNotAllowed(SourceFault, FixConfiguration):
    """The server answered 403: this machine's address, or the caller, is not allowed."""

    cause: Cause | None = "address not allowed"


class ConnectionLost(SourceFault, RetryLater):
    """The connection was refused or closed; servers do so to addresses that are not on their list."""

    cause: Cause | None = "address not allowed"


class NoAnswer(SourceFault, RetryLater):
    """Nothing came within the time limit."""

    cause: Cause | None = "no answer"


class NoConnection(SourceFault, RetryLater):
    """No answer: the connection was refused, closed, or nothing came in time."""


# Who calls, and what they may.


class TokenRefused(SourceFault, Reauthenticate):
    """Client id, client secret or a freshly given token were refused."""


class SessionExpired(SourceFault, RetryLater):
    """The GUID was not used for about a day; a new one is needed."""


class CompanyRefused(SourceFault, FixConfiguration):
    """The company asked for is refused: Spectrum does not have it, or the Authorization ID is not for it."""

    cause: Cause | None = "unknown company"


class ServiceMissing(SourceFault, FixConfiguration):
    """There is nothing at the service's address."""

    cause: Cause | None = "service missing"


class ServiceNotEnabled(SourceFault, FixConfiguration):
    """The Authorization ID may not use the service."""

    cause: Cause | None = "service not enabled"


class NotAllowed(SourceFault, FixConfiguration):
    """A permission, the installation of the app or an address is wrong."""

    cause: Cause | None = "not permitted"


class TooLarge(NotAllowed):
    """The body is larger than the server takes (413)."""


# What was answered.


class Refused(SourceFault, FixRecord):
    """The system does not accept what was sent: nothing of it was done. `fields` says what is wrong with which."""


class NotFound(SourceFault, FixRecord):
    """The record is gone, or this account may not see it; the system does not tell which."""


class SyncFailed(SourceFault, FixRecord):
    """Records of a call for many were refused; the others were taken."""


class Busy(SourceFault, RetryLater):
    """The system could not answer now: rate limit, heavy load, a conflict with another call. Nothing was done."""


class AnswerCut(SourceFault, RetryLater):
    """An answer ended early or is not well-formed; nothing of it was used."""


class ListChanged(SourceFault, RetryLater):
    """A list became shorter, or moved, while its pages were read: records may be missing from what was read."""


class Unreadable(SourceFault, StopSync):
    """An answer that is cut, or is not what the system sends there."""


class UnclearFault(SourceFault, FixConfiguration):
    """A SOAP fault that blames neither the server nor the caller: whether a write ran cannot be told."""


# What is known of a write.


class NotSent(SourceFault, RetryLater):
    """The call surely was not executed, for a reason that passes. It may be sent again."""


class NotVisible(SourceFault, RetryLater):
    """The record is there, and this account may not see it yet. Somebody has to permit it; then it resolves itself."""


class OutcomeUnknown(SourceFault, RetryLater):
    """The call may have been executed, or may still be running: look the record up, and never just send it again."""


def caused_by(error: BaseException | None, kinds: tuple[type[BaseException], ...]) -> bool:
    """Whether one of these is in the chain of causes; urllib3 keeps some as `reason`, requests as an argument."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        if isinstance(current, kinds):
            return True
        seen.add(id(current))
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
    return False
