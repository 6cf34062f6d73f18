"""Tells whether the Data Exchange services can be used, and if not, which of the usual reasons it is (A3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spectrum_etl.errors import Cause, SpectrumEtlError
from spectrum_etl.sources.sdx import faults
from spectrum_etl.sources.sdx.services import plain_company
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.split import CapReached
from spectrum_etl.sources.sdx.vendors import SERVICE as VENDORS
from spectrum_etl.sources.sdx.vendors import read_vendors

#: Services asked to tell a wrong Authorization ID from one that lacks a single service.
_PROBES = ("GetJob", "GetJobMain", "GetJobDates", "GetPhase", "GetCustomers")


@dataclass(frozen=True)
class ConnectionCheck:
    """Result of a check.

    Args:
        status: as the page shows it.
        cause: which of the usual reasons; blank when connected.
        reason: what happened, in a sentence.
        remedy: what to do.
    """

    status: Literal["Connected", "Not connected"]
    cause: Cause | Literal[""] = ""
    reason: str = ""
    remedy: str = ""


def check(soap: Soap, service: str, company: str) -> ConnectionCheck:
    """Ask a service for something that has to exist, and tell what stands in the way.

    Spectrum's words do not always tell a wrong Authorization ID from a service that it is not enabled for: other
    services are asked then. One that answers shows that the Authorization ID is right.

    Args:
        soap: asks.
        service: a read service, or `Vendors`.
        company: company code.
    """
    error = _try(soap, service, company)
    if error is None:
        return ConnectionCheck("Connected")
    cause: Cause = error.cause or "other"
    # A REST refusal under enhanced authentication may be due to its headers: other services prove nothing then.
    unclear = service == VENDORS and soap.connection.auth == "enhanced"
    if unclear or cause not in {"wrong credentials", "service not enabled"}:
        return ConnectionCheck("Not connected", cause, error.message, error.remedy or "")
    works = next((name for name in _PROBES if name != service and _works(soap, name, company)), None)
    if works:
        enable = faults.refused_authorization(faults.ServiceCall(service, {"pCompany_Code": company}), "", "service")
        reason = f"{error.message} (the service {works} works, so the Authorization ID is right)"
        return ConnectionCheck("Not connected", "service not enabled", reason, enable.remedy or "")
    if cause == "service not enabled":
        return ConnectionCheck(
            "Not connected",
            cause,
            f"{error.message} (no other service works either)",
            f"{error.remedy}; if it is there, check the password of the Airflow connection: it is the Authorization ID",
        )
    return ConnectionCheck("Not connected", cause, error.message, error.remedy or "")


class _NoRows(SpectrumEtlError):
    """The service answered, but with nothing."""

    cause: Cause | None = "no rows"


def _try(soap: Soap, service: str, company: str) -> SpectrumEtlError | None:
    try:
        company = plain_company(company, service)
        if service == VENDORS:
            rows = sum(1 for _ in read_vendors(soap.transport, company))
        else:
            with soap.ask(service, {"pCompany_Code": company}) as answer:
                rows = answer.count
    except CapReached:
        return None
    except SpectrumEtlError as error:
        return error
    if rows:
        return None
    return _NoRows(
        "the service answers, but with no rows at all",
        object=service,
        company=company,
        remedy="check the company code, what the Authorization ID's Spectrum operator may see, and the extra guid of "
        "the Airflow connection (per_call, per_batch or empty)",
    )


def _works(soap: Soap, service: str, company: str) -> bool:
    error = _try(soap, service, company)
    return error is None or isinstance(error, _NoRows)
