"""The probes that make records in the test project, each with what Procore did, and the cleaning up around them.

A project that holds more than what probes make is refused: it is not only for tests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from spectrum_etl.connections.probes import Found
from spectrum_etl.connections.probes.probed_project import ProbedProject, Record
from spectrum_etl.connections.probes.tried import Tried, left_behind, refusal
from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.sources.faults import Refused
from spectrum_etl.sources.procore import resources, trials
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK


def try_in_project(client: ProcoreClient, id: int, linked: Collection[str], wanted: Sequence[str]) -> Tried:
    """Remove what an earlier check left behind, then make the probes, each followed by its own cleaning up.

    Args:
        client: of the Procore company.
        id: Procore id of the test project.
        linked: Procore ids of projects that are linked to jobs.
        wanted: names of probes that have no answer yet.
    """
    tried = Tried()
    project = ProbedProject(client, id)
    try:
        project.remove_ours()
        if not wanted and not project.empty_lines():
            return tried
        held = list(project.holds(linked))
        if not held:
            project.remove_empty_lines()
    except SpectrumEtlError as error:
        tried.found.update({name: Found("not known", error.message) for name in wanted})
        tried.findings.append(left_behind(f"project {id}", error))
        return tried
    if held:
        said = f"project {id} is not only for tests: {', '.join(held)}"
        tried.found.update({name: Found("not known", said) for name in wanted})
        tried.findings.append(
            Finding(
                "test project", "probes", "clean up", False, said, "the probes that write, which are not made",
                remedy="name a project that holds nothing in imports.probes.test_projects of include/settings.yaml, or"
                " none",
            )
        )  # fmt: skip
        return tried
    _try_all(project, wanted, tried)
    return tried


def _try_all(project: ProbedProject, wanted: Sequence[str], tried: Tried) -> None:
    late: RetryLater | None = None
    for name in wanted:
        if late is not None:
            # Each further call would wait as long.
            tried.found[name] = Found("not known", late.message)
            continue
        try:
            tried.found[name] = _TRIALS[name](project)
        except SpectrumEtlError as error:
            tried.found[name] = Found("not known", error.message)
            late = error if isinstance(error, RetryLater) else None
        try:
            project.remove_ours()
            project.remove_empty_lines()
        except SpectrumEtlError as error:
            left = left_behind(f"project {project.id}", error)
            tried.findings += [left] if left.item not in {each.item for each in tried.findings} else []
            late = error if isinstance(error, RetryLater) else late


def _prime_line_without_code(project: ProbedProject) -> Found:
    contract = _new_contract(project)
    try:
        trials.add_line(project.client, project.id, contract, {"amount": "1.00", "description": "Probe"})
    except Refused as refused:
        return Found("no", f"Procore said: {refusal(refused)}")
    return Found("yes", "a line of a draft was accepted without one")


def _approved_lines_refused(project: ProbedProject) -> Found:
    contract, code = _new_contract(project), project.budget_code()
    fields = {"amount": "1.00", "description": "Probe", **({} if code is None else {"wbs_code_id": code["id"]})}
    line = trials.add_line(project.client, project.id, contract, fields)
    trials.set_status(project.client, project.id, contract, "Approved")
    try:
        changed = trials.change_line(project.client, project.id, contract, line["id"], "2.00")
    except Refused as refused:
        return Found("yes", f"Procore said: {refusal(refused)}")
    same = _amount(changed) != 2
    return Found("yes" if same else "no", f"the amount of a line was {'not ' if same else ''}changed")


def _budget_line_by_code(project: ProbedProject) -> Found:
    code = project.budget_code()
    if code is None:
        return Found("not known", f"project {project.id} has no budget code")
    if resources.budget(project.client, project.id).get("locked"):
        return Found("not known", f"the budget of project {project.id} is locked")
    made = trials.create_budget_line(project.client, project.id, code["id"])
    try:
        answered = trials.sync_budget_line(project.client, project.id, code["id"])
    except Refused as refused:
        return Found("no", f"Procore said: {refusal(refused)}")
    if any(line["id"] == made["id"] for line in answered):
        return Found("yes", "a line that was sent without its id was the one that was there")
    return Found("no", "a line that was sent without its id became a second one")


def _direct_cost_amounts_changeable(project: ProbedProject) -> Found:
    code = project.budget_code()
    if code is None or not project.has_direct_costs():
        return Found("not known", f"project {project.id} has no budget code, or its Direct Costs tool is off")
    mark = _new_mark()
    cost = _new_direct_cost(project, mark)
    fields = {"direct_cost_id": cost, "wbs_code_id": code["id"], "extended_type": "manual"}
    line = trials.put_direct_cost_line(project.client, project.id, {**fields, "amount": 1, "origin_id": f"{mark}:line"})
    try:
        changed = trials.put_direct_cost_line(
            project.client, project.id, {"id": line["id"], "direct_cost_id": cost, "amount": 2}
        )
    except Refused as refused:
        return Found("no", f"Procore said: {refusal(refused)}")
    done = _amount(changed) == 2
    return Found("yes" if done else "no", f"the amount of a line was {'' if done else 'not '}changed")


def _deleted_origin_kept(project: ProbedProject) -> Found:
    if not project.has_direct_costs():
        return Found("not known", f"the Direct Costs tool of project {project.id} is off")
    mark = _new_mark()
    trials.delete_direct_cost(project.client, project.id, _new_direct_cost(project, mark))
    try:
        _new_direct_cost(project, mark)
    except Refused as refused:
        return Found("yes", f"another one with that id was refused: {refusal(refused)}")
    return Found("no", "another one was created with that id")


#: By name of the probe in `PROBES`.
_TRIALS: Mapping[str, Callable[[ProbedProject], Found]] = {
    "budget_line_by_code": _budget_line_by_code,
    "prime_line_without_code": _prime_line_without_code,
    "approved_lines_refused": _approved_lines_refused,
    "direct_cost_amounts_changeable": _direct_cost_amounts_changeable,
    "deleted_origin_kept": _deleted_origin_kept,
}


def _new_contract(project: ProbedProject) -> int:
    fields = {
        "title": "Probe of the Spectrum import", "status": "Draft", "accounting_method": "amount",
        "origin_id": _new_mark(),
    }  # fmt: skip
    return int(trials.create_prime_contract(project.client, project.id, fields)["id"])


def _new_direct_cost(project: ProbedProject, mark: str) -> int:
    fields = {
        "origin_id": mark, "direct_cost_type": "expense", "status": "draft", "description": "Probe",
        "direct_cost_date": f"{datetime.now(UTC):%Y-%m-%d}",
    }  # fmt: skip
    return int(trials.put_direct_cost(project.client, project.id, fields)["id"])


def _new_mark() -> str:
    """An origin id that nothing has had before: a deleted record may keep its own."""
    return f"{PROBE_MARK}{uuid4().hex[:16]}"


def _amount(record: Record) -> Decimal:
    return Decimal(str(record.get("amount") or 0))
