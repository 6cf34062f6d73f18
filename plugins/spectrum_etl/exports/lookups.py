"""What an export may ask: what Spectrum holds, and what is linked. Used by rules, objects and the way of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spectrum_etl.exports.spec import Call


class Books(Protocol):
    """What Spectrum holds now, read live; made by `exports.books`. Codes go in and come out trimmed."""

    def held(self, service: str, key: Mapping[str, str]) -> dict[str, str] | None:
        """What Spectrum holds under the key of a call: elements of that service and their values, normalised as
        `exports.values.comparable` does; only those that can be read back. None where there is nothing.
        """
        ...

    def held_all(self, calls: Sequence[Call]) -> list[dict[str, str] | None]:
        """As `held` for each of many calls, with as few questions as that takes; None also for those that cannot be
        read back.
        """
        ...

    def can_read_back(self, service: str, key: Mapping[str, str] | None = None) -> bool:
        """Whether `held` can answer for this service, or for this key of a call of it, with the connections that the
        company has.
        """
        ...

    def unread(self, call: Call) -> list[str]:
        """The elements of a call that this site does not show, though others do: they are not compared."""
        ...

    def vendors(self) -> list[dict[str, str]]:
        """All vendors, active or not: Vendor_Code, Vendor_Name, Type, Status, Address_1, Phone, ... Read once."""
        ...

    def job(self, number: str) -> dict[str, str] | None:
        """One job: Job_Number, Job_Description, Status_Code, Division, Customer_Code, Price_Method_Code, ..."""
        ...

    def phases(self, job: str) -> dict[tuple[str, str], dict[str, str]]:
        """A job's phases by phase code and cost type: Description, Status_Code, Original_Est_Cost, ..."""
        ...

    def last_projections(self, job: str) -> dict[tuple[str, str], str]:
        """The day of the last projection of a job's phases, YYYY-MM-DD, by phase code and cost type, where known."""
        ...

    def shows_later_projections(self) -> bool:
        """Whether a projection of a day to come can be read back."""
        ...

    def subcontract(self, vendor: str, number: str) -> dict[str, str] | None:
        """One subcontract: Vendor_Code, Subcontract_Number, Job_Number, Status_Code, ..."""
        ...

    def contracts(self, job: str) -> list[dict[str, str]]:
        """The prime contracts of a job: Customer_Code, Job_Number, Contract_Number, Original_Contract, ..."""
        ...

    def change_request_numbers(self, job: str) -> set[str]:
        """All change request numbers of a job, whichever side they came from (H2)."""
        ...

    def billing_items(self, job: str) -> dict[str, dict[str, str]] | None:
        """The billing items of a job's prime contract, by code; None where they cannot be read."""
        ...

    def original_contract(self, job: str) -> str | None:
        """What a job's prime contract was originally, with two decimals; None where that cannot be read."""
        ...

    def status_codes(self) -> set[str]:
        """The change request status codes of the company; empty where they cannot be read."""
        ...

    def cost_types(self) -> set[str]:
        """The cost types of the company."""
        ...


class Links(Protocol):
    """What was exported or linked before; `export.links`. Made by `exports.links`."""

    def spectrum_key(self, object_name: str, company: str, record: str) -> str | None:
        """The Spectrum key that a Procore record is linked to, or None."""
        ...

    def procore_record(self, object_name: str, company: str, spectrum_key: str) -> str | None:
        """The Procore record that a Spectrum key is linked to, or None."""
        ...
