"""Reads the phases of jobs, one row a job, phase and cost type, job by job.

An unfiltered GetPhase stops near 500 rows on the installations known; asked per job, the answers stay whole. Complete
phases need a call of their own. See `services` for the sources.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.sources.faults import ServiceMissing
from spectrum_etl.sources.sdx.services import (
    PARAMETER_LENGTHS,
    PHASE_FILTERS,
    job_can_be_asked_for,
    plain_company,
)
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.split import ChangedBetweenCalls, Leaf, Splitter
from spectrum_etl.sources.sdx.spool import values_of

log = logging.getLogger(__name__)

#: Status parameter of each call, and the statuses its answer may hold (documented: blank = active and inactive).
_REQUESTS = (("", ("A", "I")), ("C", ("C",)))


@dataclass(frozen=True)
class _JobPhases:
    leaves: list[Leaf]
    splits: int


def read_phases(soap: Soap, company: str, jobs: Iterable[str], *, enhanced: bool) -> Iterator[dict[str, str]]:
    """All phases of the jobs, in the order of the jobs.

    Args:
        soap: asks.
        company: company code.
        jobs: job numbers, all of which `job_can_be_asked_for`; compared trimmed, each read once.
        enhanced: read GetPhaseEnhanced, which adds dates, price method and comment, in place of GetPhase.

    Raises:
        FixConfiguration: a job number cannot be asked for, or the installation lacks the service.
        StopSync: an answer may be incomplete and cannot be divided, or holds what was not asked for.
        SpectrumEtlError: as `Soap.ask`.
    """
    service = "GetPhaseEnhanced" if enhanced else "GetPhase"
    company = plain_company(company, service)
    numbers = list(dict.fromkeys(_checked_job(service, company, job) for job in jobs))
    if not numbers:
        return
    _require(soap, service, company)
    started, calls, rows, splits = time.monotonic(), soap.calls, 0, 0
    for result in _in_order(soap, service, company, numbers):
        splits += result.splits
        for leaf in result.leaves:
            rows += leaf.answer.count
            yield from leaf.answer
            leaf.answer.close()
    log.info(
        "Company %s: %d phase records of %d jobs by %s; %d calls, %d splits, %.1f s",
        company,
        rows,
        len(numbers),
        service,
        soap.calls - calls,
        splits,
        time.monotonic() - started,
    )


def _in_order(soap: Soap, service: str, company: str, numbers: list[str]) -> Iterator[_JobPhases]:
    """The jobs' results in order, a few jobs ahead of the one that is used, so that memory stays bounded."""
    parallel = soap.connection.parallel
    waiting: deque[Future[_JobPhases]] = deque()
    # More threads than calls at a time, so that one calls while others work on their answers.
    with ThreadPoolExecutor(2 * parallel, thread_name_prefix=service) as pool:
        try:
            for number in numbers:
                waiting.append(pool.submit(_read_job, soap, service, company, number))
                if len(waiting) >= 3 * parallel:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _read_job(soap: Soap, service: str, company: str, job: str) -> _JobPhases:
    try:
        return _read_job_once(soap, service, company, job)
    except ChangedBetweenCalls as error:
        log.warning("Phases changed while being read, reading again: %s", error)
        return _read_job_once(soap, service, company, job)


def _read_job_once(soap: Soap, service: str, company: str, job: str) -> _JobPhases:
    leaves: list[Leaf] = []
    splits = 0
    for status, allowed in _REQUESTS:
        splitter = Splitter(soap, service, PHASE_FILTERS)
        found = splitter.read({"pCompany_Code": company, "pJob_Number": job, "pStatus_Code": status})
        splits += splitter.splits
        for leaf in found:
            _check(service, company, job, allowed, leaf)
        leaves += found
    _check_distinct(service, company, job, leaves)
    return _JobPhases(leaves, splits)


def _checked_job(service: str, company: str, job: str) -> str:
    number = job.strip()
    limit = PARAMETER_LENGTHS["pJob_Number"]
    if job_can_be_asked_for(number):
        return number
    raise FixConfiguration(
        "this job cannot be requested by itself: its number would be read as an expression",
        object=service,
        company=company,
        record=f"job {number or '(blank)'}",
        field="pJob_Number",
        value=number,
        limit=f"1 to {limit} characters, none of * ? , / #, and not ALL",
        remedy="use Info-Link for this job: set the reader of project_cost_codes (and of job_cost_totals: "
        "transactions) in include/settings.yaml",
    )


def _require(soap: Soap, service: str, company: str) -> None:
    try:
        soap.declaration(service)
    except ServiceMissing as error:
        other = "GetPhase" if service == "GetPhaseEnhanced" else "Info-Link"
        raise ServiceMissing(
            error.message,
            object=service,
            company=company,
            remedy=f"read phases by {other} in its place, or check host and port of the Airflow connection",
        ) from error


def _check(service: str, company: str, job: str, allowed: tuple[str, ...], leaf: Leaf) -> None:
    """Every record has to be of the company, job and status asked for, and to have a phase."""
    for record in leaf.answer:
        for name, expected in (("Company_Code", (company,)), ("Job_Number", (job,)), ("Status_Code", allowed)):
            value = values_of(record, name)
            if value not in expected and (name in record or name != "Status_Code"):
                raise StopSync(
                    "a record was returned that was not requested",
                    object=service,
                    company=company,
                    record=f"job {job}, phase {values_of(record, 'Phase_Code') or '(blank)'}",
                    field=name,
                    value=value,
                    limit=" or ".join(expected),
                    remedy="look at this job's phases in Spectrum; if they are right, read the object by Info-Link",
                )


def _check_distinct(service: str, company: str, job: str, leaves: list[Leaf]) -> None:
    """A phase in two answers changed its status between them: the union is not one moment's state."""
    seen: set[tuple[str, ...]] = set()
    for leaf in leaves:
        keys = leaf.answer.keys()
        twice = seen & keys
        if twice:
            raise ChangedBetweenCalls(
                f"phase {sorted(twice)[0][2]} was returned with two statuses",
                object=service,
                company=company,
                record=f"job {job}",
                remedy="run the task again",
            )
        seen |= keys
