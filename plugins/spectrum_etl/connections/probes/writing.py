"""The probes that write, in the project that the settings name for tests alone, and on the one company that they name.

Everything that a probe makes is removed again, and what an earlier one left behind when it was killed is removed first:
contracts and direct costs are known by their origin ids, budget lines by their amount of 0, and the company by an
origin id that begins with `PROBE_MARK` and goes on with the one that it had. A project that holds more is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from spectrum_etl.connections.probes import Found
from spectrum_etl.connections.result import Finding
from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.sources.faults import Refused
from spectrum_etl.sources.procore import portfolio, resources, trials
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK, without_probe
from spectrum_etl.sources.procore.tools import project_tools

Record = Mapping[str, Any]
#: Asked on the company that the settings name; the others in the test project.
_ON_COMPANY = "foreign_id_replaced"


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


@dataclass
class Tried:
    """What was found out, and what somebody has to do about the places."""

    found: dict[str, Found] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def try_out(client: ProcoreClient, places: Places, wanted: Sequence[str]) -> Tried:
    """Clean up what is left behind, then ask what is wanted.

    Args:
        client: of the Procore company.
        places: where it may write.
        wanted: names of probes that write and have no answer yet.
    """
    tried = Tried()
    if places.company is not None:
        _on_company(client, places, _ON_COMPANY in wanted, tried)
    if places.project is not None:
        _in_project(client, places, [name for name in wanted if name != _ON_COMPANY], tried)
    return tried


def _on_company(client: ProcoreClient, places: Places, wanted: bool, tried: Tried) -> None:
    assert places.company is not None
    try:
        origin = _put_back(client, places.company)
        if not wanted:
            return
        if not origin or any(own_key(origin, code) for code in places.codes):
            said = f"company {places.company} carries no id of another integration"
            tried.found[_ON_COMPANY] = Found("not known", said)
            return
        try:
            trials.set_company_origin(client, places.company, f"{PROBE_MARK}{origin}")
            answer = Found("yes", f"that of company {places.company} was replaced and put back")
        except Refused as refused:
            answer = Found("no", f"of company {places.company} Procore said: {_words(refused)}")
        finally:
            _put_back(client, places.company)
        tried.found[_ON_COMPANY] = answer
    except SpectrumEtlError as error:
        tried.found[_ON_COMPANY] = Found("not known", error.message)
        tried.findings.append(_left(f"company {places.company}", error))


def _put_back(client: ProcoreClient, company: int) -> str:
    """The origin id of a company, after what a probe has replaced was put back."""
    origin = str(resources.vendor(client, company).get("origin_id") or "")
    if origin.startswith(PROBE_MARK):
        origin = without_probe(origin) or ""
        trials.set_company_origin(client, company, origin)
    return origin


def _in_project(client: ProcoreClient, places: Places, wanted: Sequence[str], tried: Tried) -> None:
    assert places.project is not None
    project = _Project(client, places.project)
    try:
        project.remove_ours()
        if not wanted and not project.empty_lines():
            return
        held = list(project.holds(places))
        if not held:
            project.remove_empty_lines()
    except SpectrumEtlError as error:
        tried.found.update({name: Found("not known", error.message) for name in wanted})
        tried.findings.append(_left(f"project {places.project}", error))
        return
    if held:
        said = f"project {places.project} is not for tests alone: {', '.join(held)}"
        tried.found.update({name: Found("not known", said) for name in wanted})
        tried.findings.append(
            Finding(
                "test project", "probes", "clean up", False, said, "the probes that write, which are not made",
                remedy="name a project that holds nothing in imports.probes.test_projects of include/settings.yaml, or"
                " none",
            )
        )  # fmt: skip
        return
    late: RetryLater | None = None
    for name in wanted:
        if late is not None:
            # Each further call would wait as long.
            tried.found[name] = Found("not known", late.message)
            continue
        try:
            tried.found[name] = project.trials[name]()
        except SpectrumEtlError as error:
            tried.found[name] = Found("not known", error.message)
            late = error if isinstance(error, RetryLater) else None
        try:
            project.remove_ours()
            project.remove_empty_lines()
        except SpectrumEtlError as error:
            left = _left(f"project {places.project}", error)
            tried.findings += [left] if left.item not in {each.item for each in tried.findings} else []
            late = error if isinstance(error, RetryLater) else late


def _left(where: str, error: SpectrumEtlError) -> Finding:
    return Finding(
        "test project", where, "clean up", False, f"a probe may have left something behind: {error.message}",
        f"{where}: what begins with {PROBE_MARK} is ours",
        remedy=error.remedy or "the next check tries again; else remove it in Procore",
    )  # fmt: skip


class _Project:
    """The test project."""

    def __init__(self, client: ProcoreClient, id: int) -> None:
        self._client, self._id = client, id
        self.trials: dict[str, Callable[[], Found]] = {
            "budget_line_by_code": self._budget_line_by_code,
            "prime_line_without_code": self._prime_line_without_code,
            "approved_lines_refused": self._approved_lines_refused,
            "direct_cost_amounts_changeable": self._direct_cost_amounts_changeable,
            "deleted_origin_kept": self._deleted_origin_kept,
        }

    def holds(self, places: Places) -> Iterator[str]:
        """What there is in it that no probe made, once what probes have marked is removed."""
        record = portfolio.project(self._client, self._id)
        if record is None:
            yield "the service account does not see it"
            return
        if str(self._id) in places.linked or record.get("origin_id"):
            yield "it is linked to a job"
        for what, found in (
            ("subcontracts", resources.work_order_contracts(self._client, self._id)),
            ("purchase orders", resources.purchase_order_contracts(self._client, self._id)),
            ("prime contracts", resources.prime_contracts(self._client, self._id)),
            ("change orders", resources.change_order_packages(self._client, self._id)),
            ("direct costs", self._direct_costs()),
            ("amounts in its budget", iter(row for row in self._budget_rows() if _budgeted(row))),
        ):
            if next(found, None) is not None:
                yield f"it holds {what}"

    def remove_ours(self) -> None:
        """Remove what carries a mark of probes: that is nobody else's, wherever it is."""
        if portfolio.project(self._client, self._id) is None:
            return
        for contract in list(_ours(resources.prime_contracts(self._client, self._id))):
            if contract.get("status") != "Draft":
                trials.set_status(self._client, self._id, contract["id"], "Draft")
            trials.delete_prime_contract(self._client, self._id, contract["id"])
        for cost in list(_ours(self._direct_costs())):
            trials.delete_direct_cost(self._client, self._id, cost["id"])

    def empty_lines(self) -> list[Record]:
        """Budget lines of 0, which carry no mark: a probe's, where the project is for tests alone."""
        if portfolio.project(self._client, self._id) is None:
            return []
        return [row for row in self._budget_rows() if not _budgeted(row)]

    def remove_empty_lines(self) -> None:
        """Delete them; only of a project that holds nothing else."""
        for row in self.empty_lines():
            trials.delete_budget_line(self._client, self._id, row.get("budget_line_item_id") or row["id"])

    def _has_direct_costs(self) -> bool:
        return "direct_costs" in project_tools(self._client, self._id).on

    def _direct_costs(self) -> Iterator[Record]:
        if self._has_direct_costs():
            yield from trials.direct_costs(self._client, self._id)

    def _budget_rows(self) -> list[Record]:
        view = next(resources.budget_views(self._client, self._id), None)
        return [] if view is None else list(resources.budget_detail_rows(self._client, view["id"], self._id))

    def _code(self) -> Record | None:
        return next(resources.wbs_codes(self._client, self._id), None)

    def _contract(self) -> int:
        fields = {
            "title": "Probe of the Spectrum import", "status": "Draft", "accounting_method": "amount",
            "origin_id": _mark(),
        }  # fmt: skip
        return int(trials.create_prime_contract(self._client, self._id, fields)["id"])

    def _prime_line_without_code(self) -> Found:
        contract = self._contract()
        try:
            trials.add_line(self._client, self._id, contract, {"amount": "1.00", "description": "Probe"})
        except Refused as refused:
            return Found("no", f"Procore said: {_words(refused)}")
        return Found("yes", "a line of a draft was taken without one")

    def _approved_lines_refused(self) -> Found:
        contract, code = self._contract(), self._code()
        coded = {} if code is None else {"wbs_code_id": code["id"]}
        line = trials.add_line(self._client, self._id, contract, {"amount": "1.00", "description": "Probe", **coded})
        trials.set_status(self._client, self._id, contract, "Approved")
        try:
            changed = trials.change_line(self._client, self._id, contract, line["id"], "2.00")
        except Refused as refused:
            return Found("yes", f"Procore said: {_words(refused)}")
        same = _amount(changed) != 2
        return Found("yes" if same else "no", f"the amount of a line was {'not ' if same else ''}changed")

    def _budget_line_by_code(self) -> Found:
        code = self._code()
        if code is None:
            return Found("not known", f"project {self._id} has no budget code")
        if resources.budget(self._client, self._id).get("locked"):
            return Found("not known", f"the budget of project {self._id} is locked")
        made = trials.create_budget_line(self._client, self._id, code["id"])
        try:
            answered = trials.sync_budget_line(self._client, self._id, code["id"])
        except Refused as refused:
            return Found("no", f"Procore said: {_words(refused)}")
        if any(line["id"] == made["id"] for line in answered):
            return Found("yes", "a line that was sent without its id was the one that was there")
        return Found("no", "a line that was sent without its id became a second one")

    def _direct_cost(self, mark: str) -> int:
        fields = {
            "origin_id": mark, "direct_cost_type": "expense", "status": "draft", "description": "Probe",
            "direct_cost_date": f"{datetime.now(UTC):%Y-%m-%d}",
        }  # fmt: skip
        return int(trials.put_direct_cost(self._client, self._id, fields)["id"])

    def _direct_cost_amounts_changeable(self) -> Found:
        code = self._code()
        if code is None or not self._has_direct_costs():
            return Found("not known", f"project {self._id} has no budget code, or its Direct Costs tool is off")
        mark = _mark()
        cost = self._direct_cost(mark)
        fields = {"direct_cost_id": cost, "wbs_code_id": code["id"], "extended_type": "manual"}
        line = trials.put_direct_cost_line(self._client, self._id, {**fields, "amount": 1, "origin_id": f"{mark}:line"})
        try:
            changed = trials.put_direct_cost_line(
                self._client, self._id, {"id": line["id"], "direct_cost_id": cost, "amount": 2}
            )
        except Refused as refused:
            return Found("no", f"Procore said: {_words(refused)}")
        done = _amount(changed) == 2
        return Found("yes" if done else "no", f"the amount of a line was {'' if done else 'not '}changed")

    def _deleted_origin_kept(self) -> Found:
        if not self._has_direct_costs():
            return Found("not known", f"the Direct Costs tool of project {self._id} is off")
        mark = _mark()
        trials.delete_direct_cost(self._client, self._id, self._direct_cost(mark))
        try:
            self._direct_cost(mark)
        except Refused as refused:
            return Found("yes", f"another one with it was refused: {_words(refused)}")
        return Found("no", "another one took it")


def _words(refused: Refused) -> str:
    """What Procore said of the field that it refused.

    Raises:
        Refused: it named none, so that nothing follows from it.
    """
    if not refused.fields:
        raise refused
    return "; ".join(map(str, refused.fields))


def _mark() -> str:
    """An origin id that nothing has had before: a deleted record may keep its own."""
    return f"{PROBE_MARK}{uuid4().hex[:16]}"


def _ours(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if str(record.get("origin_id") or "").startswith(PROBE_MARK))


def _budgeted(row: Record) -> bool:
    return Decimal(str(row.get("original_budget_amount") or 0)) != 0


def _amount(record: Record) -> Decimal:
    return Decimal(str(record.get("amount") or 0))
