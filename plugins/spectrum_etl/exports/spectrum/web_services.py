"""The second way to see what Spectrum holds: the reading web services, for vendors, jobs, phases.

They show less than Info-Link: active vendors only, and of a phase no original estimate. What they do not show is not
compared. No service can be asked for one vendor or one job, so the whole list is read each time. Projections are shown
by GetPhase better than by Info-Link, which holds the steps that led to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from spectrum_etl.sources.faults import ServiceMissing, ServiceNotEnabled
from spectrum_etl.sources.infolink.lookup import Found
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.services import is_plain

#: Field of the vendor list -> element. Its phone and e-mail may be those of a contact person, so they are not compared.
_VENDOR = {
    "Vendor_Code": "Vendor_Code",
    "Name": "Vendor_Name",
    "Address_1": "Address_1",
    "Address_2": "Address_2",
    "City": "City",
    "State": "State",
    "Zip_Code": "Zip_Code",
    "Account_Reference": "Our_Account_Number",
    "Payment_Terms": "Terms_Code",
    "Payment_Term_Days": "Terms_Days",
    "Discount_Terms": "Terms_Disc_Code",
    "Discount_Term_Days": "Terms_Disc_Days",
    "Discount_Percent": "Terms_Disc_Percent",
}

#: Not certain to be the vendor's own.
UNCERTAIN = frozenset({"Phone", "Vendor_Email"})

_PHASE = ("Phase_Code", "Cost_Type", "Description", "Status_Code", "Unit_of_Measure", "Price_Method_Code")


def vendors(client: SdxClient, company: str) -> list[Found]:
    """The active vendors of a company, fields named as elements of UpdateVendor.

    Args:
        client: open.
        company: company code.
    """
    found: list[Found] = []
    for vendor in _with_all_fields(client.read_vendors(company)):
        row: Found = {element: vendor[name] for name, element in _VENDOR.items() if name in vendor}
        row |= {"Status": "A", "Phone": vendor.get("Phone_Number", ""), "Vendor_Email": vendor.get("Email", "")}
        found.append(row)
    return found


def jobs(client: SdxClient, company: str) -> list[Found]:
    """The jobs of a company, whatever their status.

    Args:
        client: open.
        company: company code.
    """
    return _with_all_fields(client.read_jobs(company))


def phases(client: SdxClient, company: str, job: str) -> list[Found]:
    """The phases of a job, complete ones included; with their price method where the release of Spectrum tells it.

    Args:
        client: open.
        company: company code.
        job: trimmed job number.
    """
    try:
        found = _with_all_fields(client.read_phases(company, [job], enhanced=True))
    except ServiceMissing:
        found = _with_all_fields(client.read_phases(company, [job], enhanced=False))
    blank: Found = dict.fromkeys(("Phase_Code", "Cost_Type"), "")
    return [blank | {name: phase[name] for name in _PHASE if name in phase} for phase in found]


def projections(client: SdxClient, company: str, job: str, cost_type: str = "") -> list[Found]:
    """What a job's phases are projected to cost today, complete ones included, fields named as GetPhase has them.

    Args:
        client: open.
        company: company code.
        job: trimmed job number.
        cost_type: only this one, trimmed; blank means all.

    Raises:
        ServiceMissing, ServiceNotEnabled: neither GetPhase nor GetPhaseEnhanced can be used.
        SpectrumEtlError: as every read of the client.
    """
    try:
        return _projections(client, company, job, cost_type, "GetPhase")
    except (ServiceMissing, ServiceNotEnabled) as error:
        try:
            return _projections(client, company, job, cost_type, "GetPhaseEnhanced")
        except (ServiceMissing, ServiceNotEnabled):
            raise error from None


def _projections(client: SdxClient, company: str, job: str, cost_type: str, service: str) -> list[Found]:
    if not is_plain(cost_type) or not is_plain(job):
        phases = client.read_phases(company, [job], enhanced=service == "GetPhaseEnhanced")
        return _with_all_fields(phases)
    asked = {"pCompany_Code": company, "pJob_Number": job, "pCost_Type": cost_type}
    # A blank status leaves complete phases out.
    return _with_all_fields(
        row for status in ("", "C") for row in client.call(service, {**asked, "pStatus_Code": status})
    )


def _with_all_fields(records: Iterable[Mapping[str, str]]) -> list[Found]:
    """The records of an answer, each with every field that any of them has; a field that one leaves out is blank in it.

    Otherwise nothing would be compared where Spectrum holds nothing, and what was never written would seem confirmed.
    """
    rows = list(records)
    blank = dict.fromkeys(itertools.chain.from_iterable(rows), "")
    return [{**blank, **row} for row in rows]
