"""Reads all jobs of a company: GetJob, GetJobMain and GetJobDates, joined by job number.

None of the three has a job number parameter or pages; each hides complete jobs unless asked for them, so every status
is asked for by itself. See `services` for the sources.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from spectrum_etl.errors import RetryLater, StopSync
from spectrum_etl.sources.sdx.published import READS
from spectrum_etl.sources.sdx.services import JOB_FILTERS, plain_company, record_key
from spectrum_etl.sources.sdx.soap import Soap
from spectrum_etl.sources.sdx.split import ChangedBetweenCalls, Leaf, Splitter
from spectrum_etl.sources.sdx.spool import values_of

log = logging.getLogger(__name__)

STATUSES = ("A", "I", "C")
SERVICES = READS["jobs"].services
_SAME_IN_ALL = ("Status_Code",)

Key = tuple[str, ...]


@dataclass
class _Reading:
    """One pass over the three services: records by service and key, and what does not fit together."""

    records: dict[str, dict[Key, dict[str, str]]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    splits: int = 0


def read_jobs(soap: Soap, company: str) -> Iterator[dict[str, str]]:
    """All jobs of a company, active, inactive and complete, fields named as in the services.

    A job with any other status is invisible to the services: only these three can be asked for.

    A job that only some of the services return was changed between the calls: everything is read once more.

    Args:
        soap: asks.
        company: company code.

    Raises:
        RetryLater: the answers did not fit together twice.
        StopSync: an answer may be incomplete and cannot be divided, or holds what was not asked for.
        SpectrumEtlError: as `Soap.ask`.
    """
    company = plain_company(company, "GetJob")
    started, calls = time.monotonic(), soap.calls
    reading = _read(soap, company, again=True)
    if reading.differences:
        log.warning("Company %s: jobs changed while being read, reading again: %s", company, reading.differences[0])
        reading = _read(soap, company, again=False)
    if reading.differences:
        raise RetryLater(
            f"jobs changed while being read, twice: {reading.differences[0]} ({len(reading.differences)} differences)",
            object=" and ".join(SERVICES),
            company=company,
            remedy="run the task again; if it always names the same job, look at that job in Spectrum, or set the "
            "reader of jobs to infolink in include/settings.yaml",
        )
    log.info(
        "Company %s: %d jobs by %s; %d calls, %d splits, %.1f s",
        company,
        len(reading.records["GetJob"]),
        ", ".join(SERVICES),
        soap.calls - calls,
        reading.splits,
        time.monotonic() - started,
    )
    for key in reading.records["GetJob"]:
        merged: dict[str, str] = {}
        for service in SERVICES:
            merged.update(reading.records[service][key])
        yield merged


def read_job_numbers(soap: Soap, company: str) -> list[str]:
    """The trimmed number of every job of a company, complete ones included: what other services are asked for.

    Args:
        soap: asks.
        company: company code.

    Raises:
        As `read_jobs`.
    """
    reading = _Reading()
    company = plain_company(company, "GetJob")
    asked = [{"pCompany_Code": company, "pStatus_Code": status} for status in STATUSES]
    _collect(soap, reading, "GetJob", asked, {})
    numbers = (record.get("Job_Number", "").strip() for record in reading.records["GetJob"].values())
    return [number for number in numbers if number]


def _read(soap: Soap, company: str, *, again: bool) -> _Reading:
    """One pass.

    Args:
        soap: asks.
        company: company code.
        again: whether another pass follows if something does not fit together.
    """
    reading = _Reading()
    asked: list[Mapping[str, str]] = [{"pCompany_Code": company, "pStatus_Code": status} for status in STATUSES]
    try:
        # GetJob first: its fields tell how to divide the others' requests, whose own records lack most of them.
        parts = _collect(soap, reading, "GetJob", asked, {})
        for service in SERVICES[1:]:
            _collect(soap, reading, service, parts, reading.records["GetJob"])
    except ChangedBetweenCalls as error:
        if not again:
            raise
        reading.differences.append(str(error))
        return reading
    _compare(reading)
    return reading


def _collect(
    soap: Soap,
    reading: _Reading,
    service: str,
    requests: Iterable[Mapping[str, str]],
    known: Mapping[Key, Mapping[str, str]],
) -> list[Mapping[str, str]]:
    """Read one service into the reading; the requests that were answered in full."""
    splitters = [(Splitter(soap, service, JOB_FILTERS, known), request) for request in requests]
    records: dict[Key, dict[str, str]] = {}
    leaves: list[Leaf] = []
    with ThreadPoolExecutor(soap.connection.parallel, thread_name_prefix=service) as pool:
        for found in pool.map(lambda pair: pair[0].read(pair[1]), splitters):
            leaves += found
    for leaf in leaves:
        for record in leaf.answer:
            _check(service, leaf.parameters, record)
            key = record_key(service, record)
            # A record given twice, alike in every field, says nothing else than once (seen in the field).
            if records.get(key, record) != record:
                reading.differences.append(f"{service} returned job {key[1]} twice")
            records[key] = record
        leaf.answer.close()
    reading.records[service] = records
    reading.splits += sum(splitter.splits for splitter, _ in splitters)
    return [leaf.parameters for leaf in leaves]


def _check(service: str, asked: Mapping[str, str], record: Mapping[str, str]) -> None:
    """A record has to be of the company and status asked for: else the server did not apply the filter."""
    job = values_of(record, "Job_Number")
    for parameter, name in (("pCompany_Code", "Company_Code"), ("pStatus_Code", "Status_Code")):
        wanted = asked[parameter]
        value = values_of(record, name)
        if name in record and value != wanted:
            raise StopSync(
                f"a record was returned that was not requested ({parameter} was {wanted})",
                object=service,
                company=asked["pCompany_Code"],
                record=f"job {job or '(blank)'}",
                field=name,
                value=value,
                remedy="check the company code of the settings and the companies of the Authorization ID; if both are "
                "right, set the reader of jobs to infolink in include/settings.yaml",
            )
    for name in ("Company_Code", "Job_Number"):
        if not values_of(record, name):
            raise StopSync(
                f"a record without {name} was returned",
                object=service,
                company=asked["pCompany_Code"],
                record=f"job {job or '(blank)'}",
                field=name,
                remedy="look at the service's answer in Spectrum's Excel add-in; set the reader of jobs to infolink in "
                "include/settings.yaml meanwhile",
            )


def _compare(reading: _Reading) -> None:
    every = set().union(*(reading.records[service].keys() for service in SERVICES))
    for key in sorted(every):
        lacking = [service for service in SERVICES if key not in reading.records[service]]
        if lacking:
            reading.differences.append(f"job {key[1]} is not in the answers of {' and '.join(lacking)}")
            continue
        for name in _SAME_IN_ALL:
            values = {
                values_of(reading.records[service][key], name)
                for service in SERVICES
                if name in reading.records[service][key]
            }
            if len(values) > 1:
                reading.differences.append(f"job {key[1]} has the {name} {' and '.join(sorted(values))}")
