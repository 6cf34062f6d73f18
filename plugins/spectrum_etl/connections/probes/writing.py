"""Makes the probes that write: in the test project and on the one company that the settings name, and nowhere else.

Whatever a probe makes is removed again, and what an earlier one left behind when it was killed is removed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectrum_etl.connections.probes import company_origin
from spectrum_etl.connections.probes.project_trials import try_in_project
from spectrum_etl.connections.probes.tried import Tried
from spectrum_etl.sources.procore.client import ProcoreClient


@dataclass(frozen=True)
class Places:
    """Where probes may write.

    Args:
        project: Procore id of the test project; None: nowhere.
        company: Procore id of a company with an id of another integration; None: none.
        codes: the Spectrum companies of this Procore company.
        linked: Procore ids of projects that are linked to jobs.
    """

    project: int | None = None
    company: int | None = None
    codes: tuple[str, ...] = ()
    linked: frozenset[str] = frozenset()


def try_out(client: ProcoreClient, places: Places, wanted: Sequence[str]) -> Tried:
    """Clean up what was left behind, then make the probes.

    Args:
        client: of the Procore company.
        places: where it may write.
        wanted: names of probes that write and have no answer yet.
    """
    tried = Tried()
    if places.company is not None:
        asked = company_origin.NAME in wanted
        tried.add(company_origin.try_on_company(client, places.company, places.codes, asked))
    if places.project is not None:
        of_project = [name for name in wanted if name != company_origin.NAME]
        tried.add(try_in_project(client, places.project, places.linked, of_project))
    return tried
