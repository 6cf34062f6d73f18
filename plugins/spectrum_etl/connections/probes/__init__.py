"""Finds out what Procore's documentation leaves open (N12): `PROBES` lists every question.

`reading` asks what reading alone answers, whenever the connections are checked. `writing` asks the rest, once: what is
known is not asked again. `project_trials` makes records in the test project of the settings (`probed_project`), says
what Procore did, and removes them; `company_origin` replaces an id of another integration and puts it back. `kept`
keeps the answers. What a probe makes carries an origin id that begins with `marks.PROBE_MARK`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["yes", "no", "not known"]
How = Literal["reads", "writes", "not asked"]


@dataclass(frozen=True)
class Probe:
    """One question about Procore that its documentation leaves open.

    Args:
        name: as `sync.procore_probes` has it.
        question: that yes or no answers.
        how: whether reading answers it, or writing in a test project; or that it is not asked.
        note: what depends on it, or why it is not asked.
    """

    name: str
    question: str
    how: How
    note: str


@dataclass(frozen=True)
class Found:
    """What a probe found out.

    Args:
        verdict: the answer to its question.
        said: how it was found out, or why it is not known.
        tried_at: when, by the warehouse's clock; None: just now.
    """

    verdict: Verdict
    said: str
    tried_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is an answer."""
        return self.verdict != "not known"

    @property
    def is_yes(self) -> bool:
        """Whether it is that answer."""
        return self.verdict == "yes"


#: By name of the probe.
Answers = Mapping[str, Found]

PROBES: Mapping[str, Probe] = {
    probe.name: probe
    for probe in (
        Probe(
            "foreign_id_replaced",
            "Does Procore let an origin id of another integration be replaced?",
            "writes",
            "taking over: where it does not, only Procore can free the records",
        ),
        Probe(
            "names_repeat",
            "May two companies have the same name?",
            "reads",
            "new companies of a name that is there already",
        ),
        Probe(
            "inactive_listed",
            "Does the list of companies show inactive ones?",
            "reads",
            "none: their own list is read as well",
        ),
        Probe(
            "case_ignored",
            "Does a look-up by origin id ignore upper and lower case?",
            "reads",
            "none: origin ids are written in one case",
        ),
        Probe(
            "prime_origin_filter",
            "Does the list of prime contracts honour filters[origin_id]?",
            "reads",
            "none: what is found is compared again",
        ),
        Probe(
            "direct_costs_refused_where_off",
            "Are direct costs refused in a project whose Direct Costs tool is off?",
            "reads",
            "costs of a project whose tool was switched off",
        ),
        Probe(
            "budget_line_by_code",
            "Does budget_line_items/sync find a line by its budget code?",
            "writes",
            "a budget line that is sent without its id",
        ),
        Probe(
            "prime_line_without_code",
            "Can a line of a prime contract be without a budget code?",
            "writes",
            "billing items, which have none in Spectrum",
        ),
        Probe(
            "approved_lines_refused",
            "Are lines of an Approved prime contract refused?",
            "writes",
            "prime contracts are filled as Draft",
        ),
        Probe(
            "direct_cost_amounts_changeable",
            "Can amounts be changed of lines whose direct cost has an origin id?",
            "writes",
            "costs of a month that changed",
        ),
        Probe(
            "deleted_origin_kept",
            "Does a deleted direct cost keep its origin id?",
            "writes",
            "a direct cost that is replaced",
        ),
        Probe(
            "own_projects_seen",
            "Does the service account see a project that it created?",
            "not asked",
            "projects cannot be deleted; the first new project of import_jobs shows it (waiting for permission)",
        ),
        Probe(
            "project_name_length",
            "Does Procore's project name take Spectrum's 25 characters?",
            "not asked",
            "a row that Procore refused for it would say so",
        ),
        Probe(
            "erp_flag_accepted",
            "Does Procore take erp_integrated without an ERP connection?",
            "not asked",
            "it is never sent",
        ),
        Probe(
            "standard_code_segment",
            "Is the code of a standard cost code the part behind its parent's?",
            "not asked",
            "lists of standard cost codes belong to the whole company, and cannot be deleted",
        ),
        Probe(
            "approved_costs_count",
            "Do only approved direct costs count in the budget?",
            "not asked",
            "costs are always written as approved",
        ),
        Probe(
            "external_data",
            "Is external_data open to a service account?",
            "not asked",
            "it is never called: it belongs to Procore's own connector",
        ),
        Probe(
            "erp_requests_polled",
            "Can ERP requests be polled instead of received?",
            "not asked",
            "they belong to registered ERP partners, and are never called",
        ),
    )
}


def in_words(name: str, found: Found) -> str:
    """An answer for people, with its time where it is an older one."""
    when = f" (found out {found.tried_at:%Y-%m-%d})" if found.tried_at is not None else ""
    return f"{found.verdict}: {found.said}{when}"
