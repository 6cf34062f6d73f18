"""The probe that replaces the origin id of a company of another integration, and puts it back.

Meanwhile the origin id is `PROBE_MARK` and after it the one that the company had, so that a later check can put it back
if this one is killed.
"""

from __future__ import annotations

from collections.abc import Sequence

from spectrum_etl.connections.probes import Found
from spectrum_etl.connections.probes.tried import Tried, left_behind, refusal
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.sources.faults import Refused
from spectrum_etl.sources.procore import resources, trials
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK, without_probe

#: Its name in `PROBES`.
NAME = "foreign_id_replaced"


def try_on_company(client: ProcoreClient, company: int, codes: Sequence[str], wanted: bool) -> Tried:
    """Put back what an earlier check left replaced, then try whether the id can be replaced.

    Args:
        client: of the Procore company.
        company: Procore id of the company of its directory.
        codes: the Spectrum companies of this Procore company: their origin ids are ours.
        wanted: whether the probe is made; otherwise the id is put back and nothing else.
    """
    tried = Tried()
    try:
        origin = _put_back(client, company)
        if wanted:
            tried.found[NAME] = _replace(client, company, origin, codes)
    except SpectrumEtlError as error:
        tried.found[NAME] = Found("not known", error.message)
        tried.findings.append(left_behind(f"company {company}", error))
    return tried


def _replace(client: ProcoreClient, company: int, origin: str, codes: Sequence[str]) -> Found:
    if not origin or any(own_key(origin, code) for code in codes):
        return Found("not known", f"company {company} carries no id of another integration")
    try:
        trials.set_company_origin(client, company, f"{PROBE_MARK}{origin}")
        return Found("yes", f"the id of company {company} was replaced and put back")
    except Refused as refused:
        return Found("no", f"Procore said of company {company}: {refusal(refused)}")
    finally:
        _put_back(client, company)


def _put_back(client: ProcoreClient, company: int) -> str:
    """The company's own origin id, which it has again where a probe had replaced it."""
    origin = str(resources.vendor(client, company).get("origin_id") or "")
    if origin.startswith(PROBE_MARK):
        origin = without_probe(origin) or ""
        trials.set_company_origin(client, company, origin)
    return origin
