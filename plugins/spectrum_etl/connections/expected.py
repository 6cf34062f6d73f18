"""Which web services of Spectrum this package uses, for what, and with which parameters.

Source of the parameters: the vendor's help pages, below
help.trimble.com/en/spectrum/spectrum/api-web-services/list-of-web-services, and for the writing services
`exports.spectrum.services`, which names their pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.sdx import published
from spectrum_etl.staging.objects import OBJECTS

#: Sent with every call; a WSDL may name them among the parameters or not.
CREDENTIALS = frozenset({"Authorization_ID", "GUID"})

_JOB = "pDivision pProject_Manager pSuperintendent pEstimator pCustomer_Code pCost_Center pSort_By"
_PHASE = "pCost_Type pCost_Center pSort_By"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a service.

    Args:
        name: as documented.
        stops: whether nothing works without it.
        without: what its absence does, where it does not stop everything.
    """

    name: str
    stops: bool = False
    without: str = ""


@dataclass(frozen=True)
class ReadService:
    """One reading service.

    Args:
        name: as Data Exchange lists it.
        staged: tables that are read with it, where the settings choose the web services for them.
        parameters: those of its page; empty for a REST service, which has no WSDL.
    """

    name: str
    staged: tuple[Table, ...]
    parameters: tuple[Parameter, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of those tables."""
        return tuple(table.name for table in self.staged)

    def needed(self, settings: Settings) -> bool:
        """Whether the settings read a table with it."""
        return any(settings.reader(table) == "sdx" for table in self.staged)


def _parameters(required: str, others: str) -> tuple[Parameter, ...]:
    cut = "an answer that is cut off at the row limit cannot be divided by it"
    needed = tuple(Parameter(name, stops=True) for name in required.split())
    return needed + tuple(Parameter(name, without=cut) for name in others.split())


_OF_JOBS = _parameters("pCompany_Code pStatus_Code", _JOB)
_OF_PHASES = _parameters("pCompany_Code pJob_Number pStatus_Code", _PHASE)

#: Service -> its parameters, in the order in which the services are tried.
_PARAMETERS = {
    "GetJob": _OF_JOBS,
    "GetJobMain": _OF_JOBS,
    "GetJobDates": _OF_JOBS,
    "GetPhase": _OF_PHASES,
    "GetPhaseEnhanced": _OF_PHASES,
    "Vendors": (),
}


def _staged_with(service: str) -> tuple[Table, ...]:
    tables = (table for obj in OBJECTS.values() for table in obj.tables)
    return tuple(table for table in tables if table.sdx and service in published.READS[table.sdx].asked)


READS = tuple(ReadService(name, _staged_with(name), parameters) for name, parameters in _PARAMETERS.items())

#: Documented elements that are left out of `exports.spectrum.services` on purpose: they are never sent (M9).
LEFT_OUT: Mapping[str, frozenset[str]] = {"AddVendor": frozenset({"Social_Sec_Number", "Fed_Id_Number"})}


@dataclass(frozen=True)
class WriteService:
    """One writing service: its name, the exports that call it, and whether the company exports."""

    name: str
    exports: tuple[str, ...]
    needed: bool

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its elements; without one of the key or one that is always required, nothing can be written."""
        service = SERVICES[self.name]
        lost = "a record that holds it is refused before it is sent"
        return tuple(
            Parameter(element.name, element.required == "always" or element.name in service.document_key, lost)
            for element in service.elements.values()
        )


def writes(company: Company) -> Iterator[WriteService]:
    """The writing services that an export calls."""
    for name in SERVICES:
        exports = tuple(obj.dag_id for obj in EXPORTS.values() if name in obj.services)
        if exports:
            yield WriteService(name, exports, company.procore_company_id is not None)
