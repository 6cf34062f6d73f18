"""Which of the usual reasons an error of a connection is (A3).

The web services' own check (`sources.sdx.check`) tells more: there the same words can mean different things.
"""

from __future__ import annotations

from spectrum_etl.connections.result import Checked, Kind
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError
from spectrum_etl.sources.procore.faults import NotAllowed, TokenRefused, UnknownHost

#: Words of this package's own messages, for errors that have no class of their own.
_WORDS = (
    ("there is no host", "unknown host"),
    ("could not translate host name", "unknown host"),
    ("failed to resolve host", "unknown host"),
    ("Name or service not known", "unknown host"),
    ("certificate", "certificate"),
    ("closed the connection before the login", "address not allowed"),
    ("pg_hba.conf", "address not allowed"),
)


def cause_of(error: SpectrumEtlError) -> str:
    """The reason, as `sync.connections.cause` names it; never blank."""
    if isinstance(error, UnknownHost):
        return "unknown host"
    for words, cause in _WORDS:
        if words in error.message:
            return cause
    if isinstance(error, Reauthenticate | TokenRefused):
        return "wrong credentials"
    if isinstance(error, NotAllowed):
        return "not permitted"
    if isinstance(error, RetryLater):
        return "no answer"
    return "configuration" if isinstance(error, FixConfiguration) else "other"


def not_connected(company: str, connection: str, kind: Kind, error: SpectrumEtlError) -> Checked:
    """What is told of a connection that could not be used."""
    return Checked(company, connection, kind, cause_of(error), error.message, error.remedy or "look at the task's log")
