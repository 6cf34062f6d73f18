"""Documented facts about the Data Exchange services this package reads.

Source: the vendor's help pages below help.trimble.com/en/spectrum/spectrum/api-web-services/list-of-web-services
(get-job, get-job---main, get-job-dates, get-phase, get-vendors); SuperSelect: getting-started/
reports--printing-overview/about-superselect. What an installation really declares is read from its WSDL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.character_marks import has_mark

#: Namespace of requests (PRO-IV's), used where the WSDL names none.
NAMESPACE = "http://www.northgate-is.com/proiv/webservices/types"

#: Longest value each parameter takes, in characters. A limit for what is sent, never for what arrives.
PARAMETER_LENGTHS: dict[str, int] = {
    "pCompany_Code": 3,
    "pDivision": 5,
    "pStatus_Code": 1,
    "pProject_Manager": 15,
    "pSuperintendent": 15,
    "pEstimator": 15,
    "pCustomer_Code": 10,
    "pCost_Center": 10,
    "pSort_By": 1,
    "pCost_Type": 3,
    "pJob_Number": 10,
    "pStatus": 3,
    "pState": 2,
}

#: The fields that identify a record, for services where they are known.
RECORD_KEYS: dict[str, tuple[str, ...]] = {
    "GetJob": ("Company_Code", "Job_Number"),
    "GetJobMain": ("Company_Code", "Job_Number"),
    "GetJobDates": ("Company_Code", "Job_Number"),
    "GetJobUDF": ("Company_Code", "Job_Number"),
    "GetPhase": ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type"),
    "GetPhaseEnhanced": ("Company_Code", "Job_Number", "Phase_Code", "Cost_Type"),
    "GetCustomers": ("Company_Code", "Customer_Code"),
}

_OF_ZEROS = " \t\r\n\xa00.,+-"

SUPERSELECT_CHARACTERS = "*?,/#"


@dataclass(frozen=True)
class Filter:
    """A parameter that takes a SuperSelect expression, and the field of the record it selects on."""

    parameter: str
    field: str

    @property
    def limit(self) -> int:
        """Longest expression that is documented to be taken, in characters."""
        return PARAMETER_LENGTHS[self.parameter]


JOB_FILTERS = (
    Filter("pDivision", "Division"),
    Filter("pCustomer_Code", "Customer_Code"),
    Filter("pProject_Manager", "Project_Manager"),
    Filter("pSuperintendent", "Superintendent"),
    Filter("pEstimator", "Estimator"),
)
PHASE_FILTERS = (Filter("pCost_Type", "Cost_Type"),)


def is_plain(value: str) -> bool:
    """Whether SuperSelect reads this value as itself: no `* ? , / #` in it, not the word ALL, not blank."""
    value = value.strip()
    return bool(value) and value.upper() != "ALL" and not any(char in value for char in SUPERSELECT_CHARACTERS)


def job_can_be_asked_for(number: str) -> bool:
    """Whether a service can be asked for this one job, by its trimmed number."""
    return is_plain(number) and len(number) <= PARAMETER_LENGTHS["pJob_Number"] and not has_mark(number)


def plain_company(company: str, service: str) -> str:
    """The company code, trimmed, once it is known to select one company.

    Raises:
        FixConfiguration: it is blank, too long, or an expression that could select several companies.
    """
    code = company.strip()
    if is_plain(code) and len(code) <= PARAMETER_LENGTHS["pCompany_Code"]:
        return code
    raise FixConfiguration(
        "this company code cannot be requested",
        object=service,
        company=code or "(blank)",
        field="pCompany_Code",
        value=code,
        limit="1 to 3 characters, none of * ? , / #, and not ALL",
        remedy="correct the company's code in include/settings.yaml",
    )


def is_blank(value: str) -> bool:
    """Whether a value says nothing. PRO-IV knows no missing numbers: in a row without content they may be zeros."""
    return not value.strip(_OF_ZEROS)


def record_key(service: str, record: Mapping[str, str]) -> tuple[str, ...]:
    """What identifies a record, trimmed: the documented key, or the whole record of a service without one."""
    fields = RECORD_KEYS.get(service)
    if fields is None:
        return tuple(f"{name}={value}" for name, value in sorted(record.items()))
    return tuple(record.get(name, "").strip() for name in fields)
