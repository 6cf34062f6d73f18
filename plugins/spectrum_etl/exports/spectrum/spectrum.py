"""What one company's Spectrum holds: for rules, for the intent before a call, and to confirm it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from spectrum_etl.exports.document import Call
from spectrum_etl.exports.spectrum import change_requests, projections, tables
from spectrum_etl.exports.spectrum.current import BATCH_READERS, READERS, is_shown, unread
from spectrum_etl.exports.spectrum.found import elements, trimmed
from spectrum_etl.exports.spectrum.rows import Rows
from spectrum_etl.exports.spectrum.values import comparable
from spectrum_etl.settings import Company

if TYPE_CHECKING:
    from spectrum_etl.sources.company import Sources

Answer = TypeVar("Answer")


class Spectrum(Rows):
    """What Spectrum holds. By Info-Link where the company has one, else by the web services. Codes go in trimmed.

    Everything is read when it is asked for, but the list of vendors, which is read once. One instance is used by one
    thread.

    Args:
        company: whose Spectrum.
        sources: its connections, open for as long as this is used.
        remember: also keep the answers on jobs, phases, projections' last days, billing items, change request numbers,
            status codes and cost types: to look at many records at once, never for what decides whether a call is
            sent. `current_values` never keeps.

    Raises, from every method:
        FixConfiguration: Info-Link lacks or hides a table or a column that is needed, or the company has no way at all.
        RetryLater: the source cannot be reached now.
        StopSync: the source holds several records where one is meant, or its answer may be incomplete.
    """

    def __init__(self, company: Company, sources: Sources, *, remember: bool = False) -> None:
        super().__init__(company.code, sources)
        self._remember = remember
        self._kept: dict[tuple[str, ...], object] = {}
        self._vendors: list[dict[str, str]] | None = None

    def can_read_back(self, service: str, key: Mapping[str, str] | None = None) -> bool:
        """Whether `current_values` can answer for this service with the connections that the company has.

        Args:
            key: of a call, where its line matters: which tables and columns a site shows decides.
        """
        return is_shown(self, service, key or {})

    def unread(self, call: Call) -> list[str]:
        """The elements of a call that this site does not show, though others do: they are not compared."""
        return sorted(unread(self, call.service, call.key, call.fields))

    def current_values(self, service: str, key: Mapping[str, str]) -> dict[str, str] | None:
        """What Spectrum holds under the key of a call, live.

        Args:
            service: a writing service.
            key: elements of its key, as sent. Of ARChangeRequest and UpdateSubcontractPhases also those of a line; of
                ARChangeRequest without a line: the header.

        Returns:
            Elements of the service that can be read back, without those of the key, as `values.comparable` gives
            them; None where there is nothing. Of a line of which only one side is there, what is not is blank. Of a
            projection: what is in force on its date, however it came about; where nothing was entered that is 0.

        Raises:
            ValueError: it cannot be read back, see `can_read_back`.
        """
        if not self.can_read_back(service, key):
            raise ValueError(f"{service} cannot be read back with the connections of company {self.company}")
        return READERS[service](self, service, self._key(key))

    def all_current_values(self, calls: Sequence[Call]) -> list[dict[str, str] | None]:
        """As `current_values` for each of many calls, None also where a call cannot be read back; phases job by job."""
        found: dict[int, dict[str, str] | None] = {}
        asked = [number for number, call in enumerate(calls) if self.can_read_back(call.service, call.key)]
        for service, all_current_values in BATCH_READERS.items():
            numbers = [number for number in asked if calls[number].service == service]
            keys = [self._key(calls[number].key) for number in numbers]
            found |= dict(zip(numbers, all_current_values(self, keys), strict=True))
        for number in asked:
            if number not in found:
                found[number] = self.current_values(calls[number].service, calls[number].key)
        return [found.get(number) for number in range(len(calls))]

    def last_projections(self, job: str) -> dict[tuple[str, str], str]:
        """The day of the last projection of a job's phases, as YYYY-MM-DD, by phase code and cost type.

        Returns:
            Those that have a dated one, change orders' rows included; nothing where Info-Link does not show them.
        """
        job = job.strip()
        return self._keep(lambda: projections.last_days(self.entries({"Job_Number": job}) or ()), "projections", job)

    def vendors(self) -> list[dict[str, str]]:
        """All vendors, trimmed; read once. By the web services: the active ones.

        Returns:
            Vendor_Code, Vendor_Name, Alpha_Sort, Type, Status, Address_1, Address_2, City, State, Zip_Code, Phone,
            Fax_Phone, Vendor_Email, Terms_Code, Terms_Days, ...; blank where the source does not tell.
        """
        if self._vendors is None:
            blank = dict.fromkeys(tables.VENDORS.columns, "")
            self._vendors = [blank | trimmed(vendor) for vendor in self.vendor_rows()]
        return self._vendors

    def job(self, number: str) -> dict[str, str] | None:
        """One job, trimmed; None where there is none with that number.

        Returns:
            Job_Number, Job_Description, Status_Code, Division, Customer_Code, Price_Method_Code, Cost_Center,
            Master_Job, Taxable_Flag, ...: those that the source tells. Dates as YYYY-MM-DD by Info-Link.
        """
        number = number.strip()
        return self._keep(lambda: self._job(number), "job", number) if number else None

    def phases(self, job: str) -> dict[tuple[str, str], dict[str, str]]:
        """A job's phases by phase code and cost type, trimmed; numbers with two decimals.

        Returns:
            Phase_Code, Cost_Type, Description, Status_Code, Original_Est_Cost, Price_Method_Code, ...: those that the
            source tells; the web services do not tell the original estimate, nor how a projection is worked out
            (Projected_Cost_Code).
        """
        job = job.strip()
        return self._keep(lambda: self._phases(job), "phases", job) if job else {}

    def shows_later_projections(self) -> bool:
        """Whether a projection of a day to come can be read back: GetPhase shows only today's."""
        return self.has_infolink and bool(self.entry_names())

    def subcontract(self, vendor: str, number: str) -> dict[str, str] | None:
        """One subcontract, trimmed; None where the vendor has none of that number.

        Returns:
            Vendor_Code, Subcontract_Number, Job_Number, Status_Code, ...: those that the source tells.
        """
        codes = {"Vendor_Code": vendor.strip(), "Subcontract_Number": number.strip()}
        found = self.one("UpdateSubcontract", tables.SUBCONTRACTS, codes) if all(codes.values()) else None
        return None if found is None else trimmed(found)

    def contracts(self, job: str) -> list[dict[str, str]]:
        """The prime contracts of a job, trimmed: one a customer.

        Returns:
            Customer_Code, Job_Number, Original_Contract (two decimals; blank where nobody entered it),
            Contract_Number, ...: those that the source tells.
        """
        rows = [trimmed(row) for row in self.rows(tables.CONTRACTS, {"Job_Number": job.strip()})]
        return [_with_money(row, "Original_Contract") if row.get("Original_Contract") else row for row in rows]

    def change_request_numbers(self, job: str) -> set[str]:
        """All change request numbers of a job, of the owner's side and of the subcontractors' (H2)."""
        job, company = job.strip(), self.company
        return self._keep(lambda: change_requests.numbers(self.infolink, company, job), "numbers", job)

    def billing_items(self, job: str) -> dict[str, dict[str, str]] | None:
        """The billing items of a job's prime contract, by code; None where this site does not show them.

        Returns:
            Customer_Code, Job_Number, Billing_Item, Billing_Description, Original_Contract (two decimals), ...
        """
        job = job.strip()
        return self._keep(lambda: self._billing_items(job), "billing items", job)

    def original_contract(self, job: str) -> str | None:
        """What a job's prime contract was originally, with two decimals: the sum of its billing items.

        Where this site does not show their amounts: the job's own original contract; None where it shows neither.
        """
        job = job.strip()
        return self._keep(lambda: self._original_contract(job), "original contract", job)

    def status_codes(self) -> set[str]:
        """The change request status codes of the company; empty where they cannot be read."""
        lookup = tables.CHANGE_REQUEST_STATUSES
        if not self.has_infolink or self.lacking(lookup):
            return set()
        return self._keep(lambda: {row["Status_Code"] for row in map(trimmed, self.rows(lookup, {}))}, "status codes")

    def cost_types(self) -> set[str]:
        """The cost types of the company. They need Info-Link."""
        return self._keep(
            lambda: {row["Cost_Type"] for row in map(trimmed, self.rows(tables.COST_TYPES, {}))}, "cost types"
        )

    def _keep(self, read: Callable[[], Answer], *what: str) -> Answer:
        if not self._remember:
            return read()
        if what not in self._kept:
            self._kept[what] = read()
        return cast(Answer, self._kept[what])

    def _job(self, number: str) -> dict[str, str] | None:
        jobs = None if self.has_infolink else self._keep(self.job_rows, "all jobs")
        found = self.job_row(number, jobs)
        return None if found is None else trimmed(found)

    def _phases(self, job: str) -> dict[tuple[str, str], dict[str, str]]:
        found = {}
        for row in self.phase_rows(job):
            codes = trimmed(row)
            # The description goes back to Spectrum with a new cost type or an estimate, so it is not folded (B2).
            kept = {"Description": codes.get("Description", "")}
            found[codes["Phase_Code"], codes["Cost_Type"]] = codes | elements("AddPhase", row) | kept
        return found

    def _billing_items(self, job: str) -> dict[str, dict[str, str]] | None:
        if self.lacking(tables.BILLING_ITEMS):
            return None
        rows = [trimmed(row) for row in self.rows(tables.BILLING_ITEMS, {"Job_Number": job})]
        return {row["Billing_Item"]: _with_money(row, "Original_Contract", "Projected_Revenue") for row in rows}

    def _original_contract(self, job: str) -> str | None:
        lookup = tables.SCHEDULE_OF_VALUES
        if not self.lacking(lookup):
            rows = self.rows(lookup, {"Job_Number": job})
            return _money(sum((Decimal(row["Original_Contract"] or 0) for row in rows), Decimal(0)))
        current = self.job(job) or {}
        return _money(current["Original_Contract"]) if "Original_Contract" in current else None

    def _key(self, key: Mapping[str, str]) -> dict[str, str]:
        return {**{name: value.strip() for name, value in key.items()}, "Company_Code": self.company}


def _money(value: str | Decimal) -> str:
    return comparable("ARChangeRequest", "CR_Revenue", value)


def _with_money(row: dict[str, str], *names: str) -> dict[str, str]:
    """A row whose amounts, as far as it has them, are written with two decimals."""
    return row | {name: _money(row[name]) for name in names if name in row}
