"""What the web services can tell of companies: whether they show anything of one, and whose the Authorization ID is.

There is no service that lists companies. A call without a company is answered for that of the Authorization ID
(documented default), and its records name it.
"""

from __future__ import annotations

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.sources.sdx.jobs import STATUSES
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.spool import values_of
from spectrum_etl.sources.sdx.vendors import read_vendors


def shows_company(soap: Soap, company: str) -> bool:
    """Whether the services show a job or an active vendor of a company.

    Args:
        soap: asks.
        company: company code.

    Raises:
        SpectrumEtlError: as `Soap.ask`; a vendor service that is not enabled shows nothing, which is no error.
    """
    for status in STATUSES:
        with soap.ask("GetJob", {"pCompany_Code": company, "pStatus_Code": status}) as answer:
            if answer.count:
                return True
    try:
        return any(True for _ in read_vendors(soap.transport, company))
    except FixConfiguration:
        return False


def own_companies(soap: Soap) -> list[str]:
    """The companies of jobs that GetJob shows where no company is asked for, in order; empty where it shows none."""
    for status in STATUSES:
        try:
            with soap.ask("GetJob", {"pStatus_Code": status}) as answer:
                codes = sorted({values_of(record, "Company_Code") for record in answer} - {""})
        except FixConfiguration:
            return []  # an installation that wants the company in every call
        if codes:
            return codes
    return []
