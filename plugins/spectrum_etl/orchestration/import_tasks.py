"""What the tasks of the import DAGs do. Imported when a task runs: a DAG file must not import what this module does."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.display.table import as_text
from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.spec import CONFIRMATION, Narrowed
from spectrum_etl.imports.steps import taking_over
from spectrum_etl.imports.steps.apply import apply
from spectrum_etl.imports.steps.compare import compare
from spectrum_etl.imports.steps.contract_links import apply_links, plan_links
from spectrum_etl.imports.steps.plan import Made, make_plan
from spectrum_etl.imports.steps.report import first_rows, report
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.imports.systems import systems_from_airflow
from spectrum_etl.model.run import Run, clean_codes
from spectrum_etl.orchestration.dag_defaults import companies_of_form
from spectrum_etl.orchestration.export_tasks import TaskStates
from spectrum_etl.orchestration.grid import company_name, name_company
from spectrum_etl.orchestration.rights import started_by
from spectrum_etl.settings import Settings
from spectrum_etl.staging.configured import load_settings
from spectrum_etl.warehouse.connect import warehouse_url

log = logging.getLogger(__name__)

#: States of a task instance that did not do what it should.
_LOST = frozenset({"failed", "upstream_failed"})
#: The task that asks, mapped over the companies.
_APPROVE = "company.approve"


def companies_of(context: Context) -> list[dict[str, str]]:
    """The companies of the trigger form, with a name for the grid."""
    return [{"company": company.code, "name": company_name(company)} for company in companies_of_form(context)]


def plan_company(object_name: str, context: Context, code: str) -> dict[str, int]:
    """Plan one company; how many rows of each kind there are.

    Raises:
        AirflowSkipException: it was a dry run: nothing else is done.
    """
    _name(context, code)
    obj, params, narrowed = IMPORTS[object_name], context["params"], _narrowed(object_name, context)
    how = {"dry_run": params["dry_run"], "look_again": params["look_again"]}
    by = _person(context) if not obj.only_links and params[CONFIRMATION] else None
    with systems_from_airflow(code, _chosen(object_name, context, code), _run(context)) as systems:
        if obj.only_links:
            made = plan_links(systems, obj, narrowed, **how)
        else:
            made = make_plan(systems, obj, narrowed, switched_off_by=by, **how)
    return _planned(made, dry_run=params["dry_run"])


def second_look_company(object_name: str, context: Context, code: str) -> dict[str, int]:
    """Plan again, where Procore has to be looked at twice before anything is taken over (N12); else nothing.

    Raises:
        AirflowRescheduleException: to Airflow, which starts the task again when it is time.
    """
    _name(context, code)
    with systems_from_airflow(code, _chosen(object_name, context, code), _run(context)) as systems:
        due = taking_over.due(systems, IMPORTS[object_name])
        if due is None:
            return {}
        if due > datetime.now(UTC):
            log.info("Procore is read again at %s: this task continues then, and holds no slot until then", due)
            raise AirflowRescheduleException(due)
        made = make_plan(systems, IMPORTS[object_name], _narrowed(object_name, context))
    return _planned(made, dry_run=False)


def _narrowed(object_name: str, context: Context) -> Narrowed:
    """What the form narrows the run to."""
    obj, params = IMPORTS[object_name], context["params"]
    asked = {
        each.name: params[each.name] if each.is_day or each.is_switch else list(clean_codes(params[each.name]))
        for each in obj.narrowings
    }
    return Narrowed(clean_codes(params[obj.name]), {name: value for name, value in asked.items() if value})


def _chosen(object_name: str, context: Context, code: str) -> Settings:
    """The settings, with what the form has in their place."""
    obj, settings = IMPORTS[object_name], load_settings()
    return obj.chosen(
        settings, settings.company(code), {each.name: context["params"][each.name] for each in obj.choices}
    )


def _person(context: Context) -> str:
    """Who confirms what the form says.

    Raises:
        FixConfiguration: nobody has started the run.
    """
    by = started_by(context)
    if by is None:
        raise FixConfiguration(
            "nobody has started this run, and a person has to confirm that the other integration is switched off",
            field=CONFIRMATION, value="true", remedy="trigger the DAG in Airflow, and tick the field there",
        )  # fmt: skip
    return by


def plan_undo_company(object_name: str, context: Context, code: str) -> dict[str, int]:
    """Plan to undo the run that the form names, in one company; how many rows of each kind there are.

    Raises:
        AirflowSkipException: it was a dry run: nothing else is done.
    """
    _name(context, code)
    params, states, dag = context["params"], TaskStates(context), context["ti"].dag_id
    with systems_from_airflow(code, load_settings(), _run(context)) as systems:
        made = plan_undo(
            systems,
            IMPORTS[object_name],
            params["run_id"],
            dry_run=params["dry_run"],
            waits=lambda run: states.any_alive(dag, run, _APPROVE),
        )
    return _planned(made, dry_run=params["dry_run"])


def _planned(made: Made, *, dry_run: bool) -> dict[str, int]:
    lines = first_rows(warehouse_url(), made.plan_id)
    log.info(
        "plan %s: %s. %s\n%s",
        made.plan_id,
        made.summary,
        made.calls,
        as_text(("record", "what", "state", "why"), lines),
    )
    if dry_run:
        raise AirflowSkipException(f"dry run: {made.summary}")
    return {f"{kind} {state}": count for (kind, state), count in made.counts.items()}


def apply_company(object_name: str, context: Context, code: str) -> dict[str, int]:
    """Apply what was accepted; how many rows are in each state.

    Raises:
        RetryLater: Procore could not answer for some rows.
    """
    _name(context, code)
    with systems_from_airflow(code, load_settings(), _run(context)) as systems:
        obj = IMPORTS[object_name]
        return dict((apply_links if obj.only_links else apply)(systems, obj).counts)


def compare_company(object_name: str, context: Context, code: str) -> int:
    """Read back what was written; how many records hold what was sent.

    Raises:
        AirflowFailException: Procore holds something else.
    """
    _name(context, code)
    if context["params"]["dry_run"]:
        raise AirflowSkipException("dry run")
    with systems_from_airflow(code, load_settings(), _run(context)) as systems:
        found = compare(systems, IMPORTS[object_name])
    if found.differing:
        raise AirflowFailException(f"needs attention: {'; '.join(found.differing[:20])}")
    return found.equal


def report_companies(
    object_name: str, context: Context, companies: Sequence[Mapping[str, str]] | None, *, undo: bool = False
) -> dict[str, int]:
    """Report a run; how many rows of the open plans are in each state: what an undo undoes, else the others.

    Raises:
        AirflowFailException: a person must look at some, or a task has failed.
    """
    ti = context["ti"]
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[ti.run_id]).get(ti.run_id, {})
    lost = sorted(name for name, state in states.items() if state in _LOST)
    found = report(warehouse_url(), IMPORTS[object_name], [each["company"] for each in companies or ()], undo=undo)
    log.info("%s: %s\n%s", object_name, found.summary, found.table)
    problems = [*found.bad, *(f"the task {name} has failed: the end of its log says why" for name in lost)]
    if problems:
        raise AirflowFailException(f"{found.summary}. Needs attention: {'; '.join(problems[:20])}")
    return dict(found.counts)


def _run(context: Context) -> Run:
    return Run(context["ti"].dag_id, str(context["run_id"]))


def _name(context: Context, code: str) -> None:
    name_company(context, load_settings().company(code))
