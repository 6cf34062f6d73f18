"""Tells a company code that Spectrum does not have from a company that is empty.

Both give no rows. A company that is new has a row somewhere: a cost type, a standard phase, a vendor, a job. A code
that is in the company column of no table, while others are, is a wrong one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from spectrum_etl.errors import FixConfiguration, SpectrumEtlError, StopSync
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.faults import CompanyRefused
from spectrum_etl.sources.infolink.companies import company_codes, holds_company
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.staging.objects import OBJECTS

log = logging.getLogger(__name__)

_REMEDY = (
    "correct the company's code in include/settings.yaml: it is what Spectrum shows, with its leading zeros. A new"
    " company is recognized once it has a cost type, a vendor or a job"
)


def require_company(sources: Sources) -> None:
    """Refuse a company code that Spectrum does not have. For when nothing was read; costs a few look-ups.

    Raises:
        FixConfiguration: it is in no table that Info-Link shows (or, without Info-Link, in no answer of the web
            services), and others are; the message names them.
        SpectrumEtlError: what the sources' clients raise.
    """
    code = sources.company.code
    error = (
        unknown_to_infolink(sources.infolink, code)
        if sources.has_infolink
        else unknown_to_web_services(sources.sdx, code)
    )
    if error:
        raise error


def unknown_to_infolink(reader: InfoLinkReader, code: str) -> FixConfiguration | None:
    """Why a company code must be wrong, by Info-Link's tables; None where it is there, or nothing at all is.

    Args:
        reader: inside its `with`.
        code: company code.
    """
    tables = []
    for table in _tables():
        try:
            if holds_company(reader, table, code):
                return None
        except (FixConfiguration, StopSync):
            continue  # not shown to this user, or a view that is broken: it can say nothing
        tables.append(table)
    others: list[str] = []
    for table in tables:
        others = company_codes(reader, table)
        if others:
            break
    if not others:
        return None
    written = reader.written(code)
    looked_for = "" if written == code else f" (which the settings say it writes {written!r})"
    why = f"none of the tables that Info-Link shows holds a row of it{looked_for}"
    return _unknown(code, others, why, [other for other in others if _same_number(code, other)])


def unknown_to_web_services(client: SdxClient, code: str) -> FixConfiguration | None:
    """Why a company code must be wrong, by the web services; None where they show something of it, or nothing at all.

    Args:
        client: of the company's connection.
        code: company code.
    """
    try:
        if client.shows_company(code):
            return None
    except CompanyRefused as refused:
        return _unknown(code, companies_to_name(client), refused.message)
    others = client.own_companies()
    return _unknown(code, others, "the web services show nothing of it") if others and code not in others else None


def companies_to_name(client: SdxClient) -> list[str]:
    """The companies of the Authorization ID, for a message; none where that cannot be told: the message counts."""
    try:
        return client.own_companies()
    except SpectrumEtlError as error:
        log.info("which companies the Authorization ID is for cannot be told: %s", error)
        return []


def _tables() -> Iterator[str]:
    """The Info-Link tables of all specs, the job master first: most companies are found there."""
    named = [
        source
        for name in ("jobs", *OBJECTS)
        for table in OBJECTS[name].tables
        if table.infolink
        for source in table.infolink.tables.values()
    ]
    yield from dict.fromkeys(named)


def _same_number(code: str, other: str) -> bool:
    """Whether two codes differ by leading zeros alone: `1` and `01` may be one company, and may be two."""
    return code.lstrip("0") == other.lstrip("0")


def _unknown(code: str, others: list[str], why: str, alike: Sequence[str] = ()) -> FixConfiguration:
    remedy = _REMEDY
    if len(alike) == 1:
        remedy = (
            f'if Info-Link writes {alike[0]} for it, put infolink_code: "{alike[0]}" beside its code; else {_REMEDY}'
        )
    return FixConfiguration(
        f"Spectrum has no company {code!r}: {why}",
        company=code,
        field="code",
        value=code,
        limit=", ".join(others) or None,
        remedy=remedy,
        cause="unknown company",
    )
