"""Why a connection could not be used, in words (A3)."""

from __future__ import annotations

from spectrum_etl.connections.result import Checked, Kind
from spectrum_etl.errors import SpectrumEtlError, cause_of


def not_connected(company: str, connection: str, kind: Kind, error: SpectrumEtlError) -> Checked:
    """Why a connection could not be used, in words."""
    return Checked(company, connection, kind, cause_of(error), error.message, error.remedy or "look at the task's log")
