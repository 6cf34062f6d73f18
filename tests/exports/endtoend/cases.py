"""One ready record of each exportable object, and what has to be true of it at the end. For these tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.objects.registry import EXPORTS, NAMES
from spectrum_etl.exports.spectrum.values import comparable
from spectrum_etl.model.record import RecordId
from tests.exports.endtoend.places import COMPANY
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage


@dataclass(frozen=True)
class Case:
    """A record of the seed that nothing keeps from being exported.

    Args:
        name: the exportable object.
        kind: of the record in the stand-in Procore.
        query: condition that finds it among its kind.
        company_level: whether it belongs to no project.
        record: what holds its id.
    """

    name: str
    kind: str
    query: str
    company_level: bool = False
    record: str = "id"

    def id(self, stage: Stage) -> RecordId:
        """Which record it is."""
        statement = (
            f"select ({self.record})::text, coalesce(project_id, id)::text from procore.records where {self.query}"  # noqa: S608
        )
        statement += " and kind = %s and company_id = %s and deleted_at is null order by id limit 1"
        record, project = stage.sandbox(statement, self.kind, PROCORE_COMPANY)[0]
        return RecordId(COMPANY, "" if self.company_level else project, record)


#: Whose budget agrees with the job's estimate: the second project on which everything is ready.
_SECOND = "(select max(project_id) from procore.records where fields->>'number' = 'SC-101' and company_id = 4001)"
_FIRST = "(select min(project_id) from procore.records where fields->>'number' = 'SC-101' and company_id = 4001)"
CASES = {
    case.name: case
    for case in (
        Case("vendors", "vendor", "fields->>'name' = 'Peña & Søn Drywall'", company_level=True),
        Case("jobs", "project", "fields->>'name' = 'Peña Clinic – Café Wing'"),
        Case("budgets", "project", f"id = {_FIRST}"),
        Case("budget_changes", "budget_change", f"fields->>'title' = 'Transfer to Façade' and project_id = {_SECOND}"),
        Case("commitments", "work_order_contract", f"fields->>'number' = 'SC-101' and project_id = {_FIRST}"),
        Case(
            "commitment_change_orders", "change_order_package",
            f"fields->>'title' = 'Doors & Türen' and project_id = {_FIRST}",
        ),
        Case(
            "prime_contract_change_orders", "change_order_package",
            f"fields->>'title' = 'Türen und Tore' and project_id = {_FIRST}",
            record="fields->>'prime_change_id'",
        ),
        Case("forecasts", "project", f"id = {_FIRST}"),
    )
}  # fmt: skip
#: The third project that the seed links is the one with codes that its job lacks.
_THIRD = (
    "(select id from procore.records where kind = 'project' and origin_id is not null and company_id = 4001"
    " order by id offset 2 limit 1)"
)
#: New codes of a job that exists: three calls instead of thirteen.
NEW_CODES = Case("jobs", "project", f"id = {_THIRD}")


def everything_is_ready_on(stage: Stage) -> int:
    """The project that has something ready of every object, budget changes too."""
    return int(stage.sandbox(f"select {_SECOND}")[0][0])


def with_new_codes(stage: Stage) -> int:
    """The project with codes that its job lacks."""
    return int(stage.sandbox(f"select {_THIRD}")[0][0])


#: What the properties and the kills run over: each object, at most a handful of calls.
SHORT = {**CASES, "jobs": NEW_CODES}
#: Objects whose link Procore keeps, too, and the field of its code. Of budget changes only the legacy modifications.
MARKED = ("vendors", "jobs", "commitments", "commitment_change_orders")


def shorten(stage: Stage) -> None:
    """Budgets and forecasts of five lines, so that a sequence is a handful of calls."""
    condition = f"kind = 'budget_line' and position not in (0, 1, 4, 5, 7) and project_id = {_FIRST}"
    stage.sandbox(f"delete from procore.records where {condition}")  # noqa: S608


def accepted(stage: Stage, name: str) -> tuple[RecordId, Document]:
    """A short record of an object that has just been accepted; from the second time on without asking again."""
    if name in stage.kept:
        stage.with_kept_warehouse(name)
        shorten(stage)
        return stage.kept[name], stage.document(name, stage.kept[name])
    stage.reset()
    shorten(stage)
    id = SHORT[name].id(stage)
    document = stage.accept(name, id)
    stage.keep_warehouse(name, id)
    return id, document


def writes_of(document: Document) -> Counter[tuple[str, frozenset[tuple[str, str]]]]:
    """What the journal has to hold: each call once, with everything that is sent."""
    return Counter((call.service, frozenset(call.parameters.items())) for call in document.calls)


def journal_of(stage: Stage) -> Counter[tuple[str, frozenset[tuple[str, str]]]]:
    """What Spectrum did, as `writes_of` counts it."""
    return Counter((service, frozenset(parameters.items())) for service, parameters in stage.journal())


def differing(stage: Stage, document: Document) -> list[str]:
    """Where Spectrum does not hold what was approved, looked up again; empty where all is there."""
    spectrum = stage.systems().spectrum
    return [
        text for call in document.calls for text in _differing(call, spectrum.current_values(call.service, call.key))
    ]


def _differing(call: Call, current: dict[str, str] | None) -> list[str]:
    if current is None:
        return [f"{call.service} {dict(call.key)}: nothing there"]
    return [
        f"{call.service} {dict(call.key)} {element}: approved {value!r}, held {current[element]!r}"
        for element, value in call.fields.items()
        if element in current and comparable(call.service, element, value) != current[element]
    ]


def assert_done(stage: Stage, name: str, id: RecordId, document: Document, *, repeated: bool = False) -> None:
    """The record is in Spectrum once, as approved, and linked in the ledger and, where it can be, in Procore.

    Args:
        repeated: whether a call that overwrites may have been executed twice, which does no harm.
    """
    row = stage.row(name, id)
    assert row is not None
    assert row.state == "linked", (row.state, row.reason)
    assert differing(stage, document) == []
    done, wanted = journal_of(stage), writes_of(document)
    if repeated:
        again = [call for call in document.calls if not call.adds]
        may = {(call.service, frozenset(call.parameters.items())) for call in again}
        done = Counter({place: 1 if place in may else count for place, count in done.items()})
    assert done == wanted
    links = "select spectrum_key, linked_by, unlinked_at from export.links where object_name = %s and record_id = %s"
    assert stage.warehouse(links, name, id.record) == [(document.key, "accounting", None)]
    attempts = "select state, payload_hash, finished_at is null from export.ledger where record_id = %s"
    last = stage.warehouse(f"{attempts} order by attempt_id", id.record)[-1]
    assert last == ("linked", document.payload_hash, False)
    if name in MARKED:
        record = stage.procore_record(id.record)
        assert record["origin_code"] == document.key.rpartition("/")[2]
        assert record["origin_id"].startswith(f"{COMPANY}:")
    assert EXPORTS[name].mark is None or name in (*MARKED, "budget_changes")


#: The objects that `make test` always plays: one of a single call, and one of several.
QUICK = ("vendors", "commitments")


def few(names: Iterable[str], *quick: str) -> list[Any]:
    """These objects as parameters of a test: `make test` runs it for the quick ones, `make test-all` for all.

    Args:
        quick: instead of `QUICK`.
    """
    return [pytest.param(name, marks=() if name in (quick or QUICK) else pytest.mark.slow) for name in names]


def thinned(each: Sequence[str], always: str | None = None) -> list[Any]:
    """Every object with every one of these, as parameters of a test. `make test` runs all of them for an object of
    several calls, and for the others what is named; the rest is for `make test-all`.

    Args:
        each: what is combined with every object.
        always: the one that runs for every object.
    """
    return [
        pytest.param(name, one, marks=() if name == QUICK[-1] or one == always else pytest.mark.slow)
        for name in NAMES
        for one in each
    ]
