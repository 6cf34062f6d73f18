"""The DAG that links records that both systems have already."""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model import dag_ids
from spectrum_etl.model.run import clean_codes
from spectrum_etl.orchestration.by_hand_dag import by_hand_dag
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.orchestration.grid import grid_name
from spectrum_etl.orchestration.rights import require_operator, started_by
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)

#: The one object of which all records of the same name can be linked at once: `exports.steps.link.exact_matches`.
MATCHED_BY_NAME = "vendors"


def link_dag(doc: str | None) -> DAG:
    """Make the DAG.

    Args:
        doc: documentation for the operator: the DAG file's docstring.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    params = {
        "project": Param(
            None,
            type=["null", "string"],
            title="Project",
            description="Procore id of the project that the records belong to. Empty for companies, and where the "
            "record is the project itself (jobs, budgets, forecasts).",
        ),
        "pairs": Param(
            [],
            type=["null", "array"],
            items={"type": "string", "pattern": "^\\s*[0-9]+\\s*=\\s*\\S.*$"},
            title="Pairs",
            description="Procore id = what it is called in Spectrum, one pair per line: 562949953421312 = 24-404, or "
            "562949953421399 = ACME/S-1001 for a commitment; a prime contract is called as its job",
        ),
        "exact_names": Param(
            False,
            type="boolean",
            title="Link all exact names",
            description="Vendors only: link every company whose name, ignoring case, belongs to exactly one vendor of "
            "Spectrum and to no other company. Inactive companies, and vendors with the status I or N, are left out",
        ),
    }
    description = "Links Procore records with records that Spectrum has already"
    with by_hand_dag(dag_ids.LINK_EXPORT, description, doc, params) as dag:
        _tasks()
    return dag


def pairs_of(params: Any) -> list[tuple[str, str, str]]:
    """Project, Procore record and Spectrum key of every pair of the form.

    Raises:
        FixConfiguration: the form names nothing to link, or a record's project is missing.
    """
    from spectrum_etl.exports.objects.registry import linkable

    pairs = [tuple(part.strip() for part in pair.split("=", 1)) for pair in clean_codes(params["pairs"])]
    name, project = params["object"], (params["project"] or "").strip()
    belongs_to = linkable(name).belongs_to
    if not pairs and not (params["exact_names"] and name == MATCHED_BY_NAME):
        raise FixConfiguration(
            "the form names nothing to link", field="pairs",
            remedy="give pairs, such as 562949953421312 = 24-404; or for vendors link all exact names",
        )  # fmt: skip
    if pairs and not project and belongs_to == "project":
        raise FixConfiguration(
            f"{name} belong to a project, and the form names none", field="project",
            remedy="give the Procore id of the project that the records belong to",
        )  # fmt: skip
    places = {"company": "", "project": project}
    return [(places.get(belongs_to, record), record, key) for record, key in pairs]


def _tasks() -> None:
    @task(pool="procore")
    def plan() -> list[dict[str, str]]:
        """The pairs of the trigger form, and for vendors those of the same name where the form asks for them."""
        context = get_current_context()
        refuse_unknown_fields(context)
        require_operator(context, load_settings(), "link records")
        params = context["params"]
        pairs = pairs_of(params)
        if params["exact_names"] and params["object"] == MATCHED_BY_NAME:
            from spectrum_etl.exports.steps.link import exact_matches
            from spectrum_etl.exports.systems import systems_from_airflow

            with systems_from_airflow(params["company"], load_settings(), remember=True) as systems:
                named = {record for _, record, _ in pairs}
                pairs += [("", record, key) for record, key in exact_matches(systems) if record not in named]
        log.info("%s: %s pairs to link", params["object"], len(pairs))
        return [{"project": project, "record": record, "key": key} for project, record, key in pairs]

    @task(pool="procore", map_index_template="{{ record_name }}")
    def link(pair: dict[str, str]) -> bool:
        """Verify that both are there and free, compare them, mark the one in Procore, and keep the link."""
        from spectrum_etl.exports.objects.registry import linkable
        from spectrum_etl.exports.steps.link import link as link_records
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.model.record import RecordId

        context, settings = get_current_context(), load_settings()
        context["record_name"] = grid_name(f"{pair['record']} = {pair['key']}")  # type: ignore[typeddict-unknown-key]
        params = context["params"]
        # Here, too: what `plan` has said may be changed, and its state be set, by anyone who may trigger.
        require_operator(context, settings, "link records")
        by = started_by(context) or "unknown"
        with systems_from_airflow(params["company"], settings) as systems:
            id = RecordId(systems.company.code, pair["project"], pair["record"])
            return link_records(systems, linkable(params["object"]), id, pair["key"], by)

    link.expand(pair=plan())
