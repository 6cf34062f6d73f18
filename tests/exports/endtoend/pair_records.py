"""Pairs of records that share a number of Spectrum: which of the seed they are, and how they are made alike.

Used by `pairs`, which plays them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spectrum_etl.exports.spec import RecordId
from tests.exports.endtoend.cases import everything_is_ready_on, with_new_codes
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage


@dataclass(frozen=True)
class Side:
    """One record of a pair.

    Args:
        name: exportable object.
        id: the Procore record.
        typed: what its approver types beside the proposals.
        other: what they type when they are asked again.
    """

    name: str
    id: RecordId
    typed: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """A combination of objects that share a number space.

    Args:
        space: the number space.
        names: the two objects.
        make: prepares the two records; a stage and whether they shall look as equal as they can.
        once: whether one key is all there is: the other record can never have one of its own.
    """

    space: str
    names: tuple[str, str]
    make: Callable[[Stage, bool], tuple[Side, Side]]
    once: bool = False

    @property
    def title(self) -> str:
        """For the name of a test."""
        return f"{self.space}: {' and '.join(self.names)}"


def _records(stage: Stage, kind: str, *titles: str) -> list[RecordId]:
    query = (
        "select coalesce(fields->>'prime_change_id', id::text), project_id::text from procore.records where kind = %s"
        " and project_id = %s and fields->>'title' = any(%s) and deleted_at is null order by id"
    )
    rows = stage.sandbox(query, kind, everything_is_ready_on(stage), list(titles))
    assert len(rows) == len(titles), (kind, titles, rows)
    return [RecordId(COMPANY, project, record) for record, project in rows]


#: Where records of each object that becomes a change request are, and two titles of ready ones.
_REQUESTS = {
    "commitment_change_orders": ("change_order_package", "Doors & Türen", "Same number as a prime change order"),
    "prime_contract_change_orders": ("change_order_package", "Türen und Tore", "No markup"),
    "budget_changes": ("budget_change", "Transfer to Façade", "Owner’s change"),
}


def _requests(first: str, second: str) -> Callable[[Stage, bool], tuple[Side, Side]]:
    def make(stage: Stage, alike: bool) -> tuple[Side, Side]:
        taken: Counter[str] = Counter()
        sides = []
        for name, number, other in ((first, "95", "96"), (second, "95" if alike else "0095", "97")):
            kind, *titles = _REQUESTS[name]
            id = _records(stage, kind, titles[taken[name]])[0]
            taken[name] += 1
            if alike:
                kept = "fields->>'prime_change_id'" if name == "prime_contract_change_orders" else "id::text"
                # Of a prime contract change order the description becomes the change request's.
                change = json.dumps({"title": "One title", "description": "<p>One title</p>"})
                stage.sandbox(
                    f"update procore.records set fields = fields || %s::jsonb where {kept} = %s",  # noqa: S608
                    change,
                    id.record,
                )
            sides.append(Side(name, id, {"change_request_id": number}, {"change_request_id": other}))
        return sides[0], sides[1]

    return make


_OTHER = {"subcontract_number": "DUP-4"}


def _subcontracts(first: str, second: str) -> Callable[[Stage, bool], tuple[Side, Side]]:
    kinds = {
        "subcontract": ("work_order_contract", "Façade & glazing 1", "Façade & glazing 2"),
        "purchase order": ("purchase_order_contract", "Crémone bolts & pumps", "Anchors"),
    }

    def make(stage: Stage, alike: bool) -> tuple[Side, Side]:
        taken: Counter[str] = Counter()
        ids = []
        for kind in (first, second):
            ids.append(_records(stage, kinds[kind][0], kinds[kind][1 + taken[kind]])[0])
            taken[kind] += 1
        vendor = "(select fields->'vendor_id' from procore.records where id = %s)"
        stage.sandbox(
            f"update procore.records set fields = jsonb_set(fields, '{{vendor_id}}', {vendor}) where id = %s",  # noqa: S608
            int(ids[0].record),
            int(ids[1].record),
        )
        if alike:
            stage.change_procore(ids[1].record, title=stage.procore_record(ids[0].record)["title"])
        return (
            Side("commitments", ids[0], {"subcontract_number": "DUP-2"}, {"subcontract_number": "DUP-3"}),
            Side("commitments", ids[1], {"subcontract_number": "DUP-2" if alike else "dup-2"}, _OTHER),
        )

    return make


def _vendors(stage: Stage, alike: bool) -> tuple[Side, Side]:
    names = ("Ready Roofing LLC", "Quiet Paving")
    query = "select id::text from procore.records where kind = 'vendor' and fields->>'name' = %s and company_id = %s"
    ids = [RecordId(COMPANY, "", stage.sandbox(query, name, PROCORE_COMPANY)[0][0]) for name in names]
    first, second = (
        Side("vendors", id, {"vendor_code": "TWICE"}, {"vendor_code": f"OTHER{n}"}) for n, id in enumerate(ids)
    )
    return first, second


def _jobs(stage: Stage, alike: bool) -> tuple[Side, Side]:
    names = ("Peña Clinic – Café Wing", "Brücke Süd Retrofit")
    query = "select id::text from procore.records where kind = 'project' and fields->>'name' = %s and company_id = %s"
    ids = [stage.sandbox(query, name, PROCORE_COMPANY)[0][0] for name in names]
    for id in ids:  # a handful of calls instead of thirteen
        stage.sandbox("delete from procore.records where kind = 'cost_code' and project_id = %s and position > 2", id)
    first, second = (
        Side("jobs", RecordId(COMPANY, id, id), {"job_number": number}, {"job_number": f"26-98{n}"})
        for n, (id, number) in enumerate(zip(ids, ("26-97A", "26-97A" if alike else "26-97a"), strict=True))
    )
    return first, second


def _budgets(stage: Stage, alike: bool) -> tuple[Side, Side]:
    project = everything_is_ready_on(stage)
    keep_lines(stage, project, 4)
    id, other = str(project), str(twin(stage, project))
    return Side("budgets", RecordId(COMPANY, id, id)), Side("budgets", RecordId(COMPANY, other, other))


def _forecasts(stage: Stage, alike: bool) -> tuple[Side, Side]:
    project = everything_is_ready_on(stage)
    keep_lines(stage, project, 4)
    id, other = str(project), str(twin(stage, project))
    return Side("forecasts", RecordId(COMPANY, id, id)), Side("forecasts", RecordId(COMPANY, other, other))


def _new_codes(stage: Stage, alike: bool) -> tuple[Side, Side]:
    project = with_new_codes(stage)
    id, other = str(project), str(twin(stage, project))
    return Side("jobs", RecordId(COMPANY, id, id)), Side("jobs", RecordId(COMPANY, other, other))


def _budget_and_new_codes(stage: Stage, alike: bool) -> tuple[Side, Side]:
    """A phase of the budget gets a new cost type: both write the phase's description and status."""
    project = everything_is_ready_on(stage)
    keep_lines(stage, project, 4)
    code = "split_part({}.fields->>'flat_code', '.', {})"
    lines = f"select from procore.records as b where b.kind = 'budget_line' and b.project_id = {project}"
    phase, cost_type = stage.sandbox(
        f"select regexp_replace({code.format('w', 1)}, '\\W', '', 'g'), {code.format('w', 2)}"  # noqa: S608
        f" from procore.records as w where w.kind = 'wbs_code' and w.project_id = {project}"
        f" and not exists ({lines} and (b.fields->>'wbs_code_id')::bigint = w.id)"
        f" and exists ({lines} and (select {code.format('o', 1)} from procore.records as o"
        f" where o.id = (b.fields->>'wbs_code_id')::bigint) = {code.format('w', 1)}) order by w.id limit 1"
    )[0]
    job = stage.procore_record(str(project))["origin_code"]
    gone = stage.sandbox(
        'delete from dbo."JC_PHASE_MASTER_MC" where trim("Job_Number") = %s and trim("Phase_Code") = %s'
        ' and trim("Cost_Type") = %s returning 1',
        job,
        phase,
        cost_type,
    )
    assert gone, (job, phase, cost_type)
    id = RecordId(COMPANY, str(project), str(project))
    return Side("budgets", id), Side("jobs", id)


PAIRS: tuple[Pair, ...] = (
    *(
        Pair("change request", (first, second), _requests(first, second))
        for first, second in (
            ("commitment_change_orders", "commitment_change_orders"),
            ("commitment_change_orders", "prime_contract_change_orders"),
            ("commitment_change_orders", "budget_changes"),
            ("prime_contract_change_orders", "prime_contract_change_orders"),
            ("prime_contract_change_orders", "budget_changes"),
            ("budget_changes", "budget_changes"),
        )
    ),
    *(
        Pair("subcontract", (first, second), _subcontracts(first, second))
        for first, second in (
            ("subcontract", "subcontract"),
            ("subcontract", "purchase order"),
            ("purchase order", "purchase order"),
        )
    ),
    Pair("vendor", ("vendors", "vendors"), _vendors),
    Pair("job", ("jobs", "jobs"), _jobs),
    Pair("phase", ("budgets", "jobs"), _budget_and_new_codes),
    Pair("phase", ("budgets", "budgets"), _budgets, once=True),
    Pair("phase", ("jobs", "jobs"), _new_codes, once=True),
    Pair("projection", ("forecasts", "forecasts"), _forecasts, once=True),
)


def keep_lines(stage: Stage, project: int, count: int) -> None:
    """Leave so many lines of a project's budget."""
    stage.sandbox(
        "delete from procore.records where kind = 'budget_line' and project_id = %s and id not in"
        " (select id from procore.records where kind = 'budget_line' and project_id = %s order by position limit %s)",
        project,
        project,
        count,
    )


def twin(stage: Stage, project: int) -> int:
    """A second project of Procore with all that the first has, linked with the same job. Gone with the next reset."""
    rows = stage.sandbox(
        "select id, kind, company_id, project_id, parent_id, position, fields, origin_code, tag from procore.records"
        " where (project_id = %s or id = %s) and deleted_at is null order by id",
        project,
        project,
    )
    ((start,),) = stage.sandbox("select max(id) + 1 from procore.records")
    new = {row[0]: start + place for place, row in enumerate(rows)}
    for id, kind, company, of, parent, position, fields, code, tag in rows:
        stage.sandbox(
            "insert into procore.records (id, kind, company_id, project_id, parent_id, position, fields, origin_id,"
            " origin_code, tag) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            new[id],
            kind,
            company,
            new.get(of, of),
            new.get(parent, parent),
            position,
            json.dumps(_renumbered(fields, new)),
            f"{COMPANY}:{code}/twin" if kind == "project" else None,
            code,
            tag,
        )
    return new[project]


def _renumbered(value: Any, new: Mapping[int, int]) -> Any:
    if isinstance(value, dict):
        return {name: _renumbered(each, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_renumbered(each, new) for each in value]
    return new.get(value, value) if isinstance(value, int) and not isinstance(value, bool) else value
