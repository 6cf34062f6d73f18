"""One company's Spectrum as rows, by Info-Link where it has one, else by the web services."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.exports.spectrum import projections, tables, web_services
from spectrum_etl.exports.spectrum.found import only
from spectrum_etl.sources.infolink.lookup import Found, Lookup, lacking, look_up
from spectrum_etl.sources.infolink.reader import InfoLinkReader

if TYPE_CHECKING:  # it makes sources of Airflow connections, which are not needed here
    from spectrum_etl.sources.company import Sources

log = logging.getLogger(__name__)


class Rows:
    """Reads rows live, every time: what `Spectrum` answers from.

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
    def has_sdx(self) -> bool:
        """Whether the web services can be asked."""
        return self._sources.has_sdx

    @property
    def infolink(self) -> InfoLinkReader:
        """Info-Link; FixConfiguration where the company has none."""
        return self._sources.infolink

    def rows(self, lookup: Lookup, codes: Mapping[str, str]) -> list[Found]:
        """Rows of Info-Link with these codes, of this company."""
        return look_up(self._sources.infolink, lookup, {"Company_Code": self.company, **codes})

    def lacking(self, lookup: Lookup, names: Iterable[str] | None = None) -> list[str]:
        """What this site's Info-Link lacks of a lookup; see `lookup.lacking`."""
        return lacking(self._sources.infolink, lookup, names)

    def one(self, service: str, lookup: Lookup, codes: Mapping[str, str]) -> Found | None:
        """The row of Info-Link with these codes; None where there is none, StopSync where it is not one."""
        return only(self.rows(lookup, codes), codes, service, self.company)

    def vendor_rows(self) -> list[Found]:
        """All vendors; by the web services the active ones."""
        if self.has_infolink:
            return self.rows(tables.VENDORS, {})
        return web_services.vendors(self._sources.sdx, self.company)

    def vendor_row(self, service: str, code: str) -> Found | None:
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

    def job_rows(self) -> list[Found]:
        """All jobs by the web services, which cannot be asked for one."""
        return web_services.jobs(self._sources.sdx, self.company)

    def job_row(self, number: str, jobs: Sequence[Found] | None = None) -> Found | None:
        """One job.

        Args:
            number: trimmed.
            jobs: of `job_rows`, to be used instead of a new answer.
        """
        codes = {"Job_Number": number}
        if self.has_infolink:
            return self.one("AddJob", tables.JOBS, codes)
        return self._picked("AddJob", self.job_rows() if jobs is None else jobs, codes)

    def phase_rows(self, job: str) -> list[Found]:
        """All phases of a job, with their price method and, by Info-Link, how each projection is worked out."""
        if self.has_infolink:
            return self.rows(tables.PHASES_IN_FULL, {"Job_Number": job})
        return web_services.phases(self._sources.sdx, self.company, job)

    def phase_row(self, job: str, phase: str, cost_type: str, phases: Sequence[Found] | None = None) -> Found | None:
        """One phase and cost type of a job, without its price method.

        Args:
            job, phase, cost_type: trimmed.
            phases: of `phase_rows`, to be used instead of a new answer of the web services.
        """
        codes = {"Phase_Code": phase, "Cost_Type": cost_type}
        if self.has_infolink:
            return self.one("AddPhase", tables.PHASES, {"Job_Number": job, **codes})
        row = self._picked("AddPhase", self.phase_rows(job) if phases is None else phases, codes)
        return row and {name: value for name, value in row.items() if name != "Price_Method_Code"}

    def entries(self, codes: Mapping[str, str]) -> list[Found] | None:
        """The increments of projections with these codes; None where they cannot be read, or hold no figure."""
        if not self.has_infolink or self.lacking(tables.PROJECTIONS) or not self.entry_names():
            return None
        return self.rows(tables.PROJECTIONS, codes)

    def entry_names(self) -> list[str]:
        """The elements that the increments tell, where Info-Link shows any: without an amount they tell nothing."""
        missing = self.lacking(tables.PROJECTIONS, projections.FIGURES)
        return [] if "Amount" in missing else [name for name in projections.FIGURES if name not in missing]

    def figures(self, job: str, cost_type: str, *, can_do_without: bool) -> list[Found] | None:
        """What GetPhase shows of a job's projections.

        Args:
            job: trimmed.
            cost_type: trimmed; blank means all.
            can_do_without: whether there is another way, so that what keeps GetPhase from answering is only logged.

        Returns:
            Its records; None where it cannot be asked.
        """
        if not self.has_sdx:
            return None
        try:
            return web_services.projections(self._sources.sdx, self.company, job, cost_type)
        except RetryLater:
            raise
        except SpectrumEtlError as error:
            if not can_do_without:
                raise
            log.warning("projections of job %s are added up, since GetPhase cannot be read: %s", job, error)
            return None

    def _picked(self, service: str, rows: Sequence[Found], codes: Mapping[str, str]) -> Found | None:
        found = [row for row in rows if all(same(row.get(name), code) for name, code in codes.items())]
        return only(found, codes, service, self.company)


def same(stored: str | None, code: str) -> bool:
    """Whether a stored code is this one, as the database would compare them."""
    return (stored or "").strip().casefold() == code.strip().casefold()
