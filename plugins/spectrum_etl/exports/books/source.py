"""One company's Spectrum as rows, by Info-Link where it has one, else by the web services. Used by this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from spectrum_etl.exports.books import tables, web_services
from spectrum_etl.exports.books.found import only
from spectrum_etl.sources.infolink.lookup import Found, Lookup, look_up
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.sdx.client import SdxClient


class Sources(Protocol):
    """Where to look; `staging.sources.Sources` is one."""

    @property
    def has_infolink(self) -> bool: ...
    @property
    def infolink(self) -> InfoLinkReader: ...
    @property
    def sdx(self) -> SdxClient: ...


class Source:
    """Reads live, every time.

    Args:
        company: company code.
        sources: its connections, open for as long as this is used.
    """

    def __init__(self, company: str, sources: Sources) -> None:
        self.company = company
        self._sources = sources

    @property
    def has_infolink(self) -> bool:
        """Whether rows come from Info-Link."""
        return self._sources.has_infolink

    @property
    def infolink(self) -> InfoLinkReader:
        """Info-Link; FixConfiguration where the company has none."""
        return self._sources.infolink

    def rows(self, lookup: Lookup, codes: Mapping[str, str]) -> list[Found]:
        """Rows of Info-Link with these codes, of this company."""
        return look_up(self._sources.infolink, lookup, {"Company_Code": self.company, **codes})

    def one(self, service: str, lookup: Lookup, codes: Mapping[str, str]) -> Found | None:
        """The row of Info-Link with these codes; None where there is none, StopSync where it is not one."""
        return only(self.rows(lookup, codes), codes, service, self.company)

    def vendors(self) -> list[Found]:
        """All vendors; by the web services the active ones."""
        if self.has_infolink:
            return self.rows(tables.VENDORS, {})
        return web_services.vendors(self._sources.sdx, self.company)

    def vendor(self, service: str, code: str) -> Found | None:
        """One vendor, its city named as the service names it."""
        codes = {"Vendor_Code": code}
        if self.has_infolink:
            return self.one(service, tables.NEW_VENDORS if service == "AddVendor" else tables.VENDORS, codes)
        row = self._picked(service, web_services.vendors(self._sources.sdx, self.company), codes)
        if row is None:
            return None
        row = {name: value for name, value in row.items() if name not in web_services.UNCERTAIN}
        if service == "AddVendor" and "City" in row:
            row[tables.CITY] = row.pop("City")
        return row

    def jobs(self) -> list[Found]:
        """All jobs by the web services, which cannot be asked for one."""
        return web_services.jobs(self._sources.sdx, self.company)

    def job(self, number: str, jobs: Sequence[Found] | None = None) -> Found | None:
        """One job.

        Args:
            number: trimmed.
            jobs: of `jobs`, to be used instead of a new answer.
        """
        codes = {"Job_Number": number}
        if self.has_infolink:
            return self.one("AddJob", tables.JOBS, codes)
        return self._picked("AddJob", self.jobs() if jobs is None else jobs, codes)

    def phases(self, job: str) -> list[Found]:
        """All phases of a job, with their price method."""
        if self.has_infolink:
            return self.rows(tables.PHASES_WITH_PRICE_METHOD, {"Job_Number": job})
        return web_services.phases(self._sources.sdx, self.company, job)

    def phase(self, job: str, phase: str, cost_type: str) -> Found | None:
        """One phase and cost type of a job, without its price method."""
        codes = {"Phase_Code": phase, "Cost_Type": cost_type}
        if self.has_infolink:
            return self.one("AddPhase", tables.PHASES, {"Job_Number": job, **codes})
        row = self._picked("AddPhase", self.phases(job), codes)
        return row and {name: value for name, value in row.items() if name != "Price_Method_Code"}

    def _picked(self, service: str, rows: Sequence[Found], codes: Mapping[str, str]) -> Found | None:
        found = [row for row in rows if all(same(row.get(name), code) for name, code in codes.items())]
        return only(found, codes, service, self.company)


def same(stored: str | None, code: str) -> bool:
    """Whether a stored code is this one, as the database would compare them."""
    return (stored or "").strip().casefold() == code.strip().casefold()
