"""Two records that want the same key of Spectrum, accepted in the same moment and sent side by side. For the tests.

Every combination of objects that share a number space is here. What has to come of a pair, however long Spectrum takes
to answer: never merged, one is linked, the other is asked again with the reason and gets a key of its own.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from spectrum_etl.errors import RetryLater
from spectrum_etl.exports.answer import take
from spectrum_etl.exports.ledger import Response
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.question import Question, ask
from spectrum_etl.exports.queue import Instance
from spectrum_etl.exports.send import Outcome, Unsettled, send_record
from spectrum_etl.exports.spec import Document, RecordId
from spectrum_etl.exports.systems import Systems
from tests.exports.endtoend.cases import journal_of, writes_of
from tests.exports.endtoend.places import COMPANY, Lines
from tests.exports.endtoend.stage import APPROVER, PROCORE_COMPANY, TYPED, Stage

#: Longer than any answer of these tests: a call that is only slow is not lost.
PATIENT = 30.0


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


@dataclass
class Played:
    """What came of one pair.

    Args:
        outcomes: of the two records, in the first round.
        documents: what was accepted of those that were.
    """

    outcomes: list[Outcome | None] = field(default_factory=lambda: [None, None])
    documents: dict[int, Document] = field(default_factory=dict)


@dataclass
class Table:
    """Where pairs are played: a stage, and connections to Spectrum and Procore for each of two senders.

    Args:
        stage: the world.
        lines: of the two; a third one for whoever else sends.
        known: pairs that have been asked about, by pair and likeness: who asks, and what the books held then.
        forms: what the forms of their records proposed.
    """

    stage: Stage
    lines: tuple[Lines, ...]
    known: dict[tuple[int, bool], tuple[list[Instance], int]] = field(default_factory=dict)
    forms: dict[int, list[dict[str, str]]] = field(default_factory=dict)


@contextmanager
def table(stage: Stage, answer_seconds: float = PATIENT) -> Iterator[Table]:
    """Open it; connections are kept from pair to pair, which saves most of the time.

    Args:
        answer_seconds: how long a sender waits for an answer of the web services.
    """
    with ExitStack() as stack:
        yield Table(stage, tuple(stack.enter_context(stage.places.lines(answer_seconds)) for _ in range(3)))


def play(
    on: Table,
    pair: Pair,
    seconds: float,
    *,
    alike: bool = False,
    to_the_end: bool = True,
    meanwhile: Callable[[Stage], None] | None = None,
) -> Played:
    """Both are asked, answered in the same moment, and sent as Airflow would; then what came of it is judged.

    Args:
        seconds: what Spectrum takes for an answer.
        alike: whether the two records have the same title and are given the number in the same spelling.
        to_the_end: whether the one that is asked again is followed until it is linked, too.
        meanwhile: something else that happens while they are answered and sent.
    """
    stage, played = on.stage, Played()
    sides, instances = both_asked(on, pair, alike)
    stage.fault(f"sdx_slow_ms={round(seconds * 1000)}")

    def accept_and_send(number: int, start: threading.Barrier) -> None:
        side, instance = sides[number], instances[number]
        systems = stage.systems(on.lines[number])
        start.wait()
        outcome = answered(stage, systems, side, instance, side.typed)
        if outcome.state == "sending":
            played.documents[number] = stage.document(side.name, side.id)
            outcome = sent(stage, side, on.lines[number], instance.run_id)
        played.outcomes[number] = outcome

    together(
        lambda start: accept_and_send(0, start),
        lambda start: accept_and_send(1, start),
        *([lambda start: _after(start, meanwhile, stage)] if meanwhile else []),
    )
    stage.no_faults()
    stage.quiet()
    judge(on, pair, sides, played, to_the_end=to_the_end)
    return played


def _after(start: threading.Barrier, meanwhile: Callable[[Stage], None], stage: Stage) -> None:
    start.wait()
    meanwhile(stage)


def both_asked(on: Table, pair: Pair, alike: bool) -> tuple[tuple[Side, Side], list[Instance]]:
    """The stage as it was loaded, with both records before their approvers; from the second time on by remembering."""
    stage, place = on.stage, (PAIRS.index(pair), alike)
    name = f"pair_{place[0]}_{int(alike)}"
    if place in on.known:
        stage.with_kept_books(name)
        instances, stage.runs = on.known[place]
        return pair.make(stage, alike), instances
    stage.reset()
    sides = pair.make(stage, alike)
    instances = [asked(stage, side) for side in sides]
    stage.keep_books(name, sides[0].id)
    on.known[place] = instances, stage.runs
    return sides, instances


def asked(stage: Stage, side: Side) -> Instance:
    """Collect and ask about a record; who asks."""
    found = stage.collect(side.name, side.id.record, projects=(side.id.project,) if side.id.project else ())
    assert [row.id for row in found.chosen] == [side.id], stage.row(side.name, side.id)
    instance = stage.instance(side.name)
    question = ask(stage.systems(), EXPORTS[side.name], side.id, instance)
    assert isinstance(question, Question), question
    return instance


def answered(stage: Stage, systems: Systems, side: Side, instance: Instance, typed: Mapping[str, str]) -> Outcome:
    """The approver accepts: what the form proposes, or what they type."""
    form = {**form_of(systems, side), **typed}
    response = Response("accept", form, APPROVER, APPROVER.title(), stage.now())
    return take(systems, EXPORTS[side.name], side.id, instance, response)


def form_of(systems: Systems, side: Side) -> dict[str, str]:
    """What the form of a record proposes, and something where it proposes nothing."""
    obj = EXPORTS[side.name]
    candidate = obj.read(systems.procore, systems.company, side.id)
    assert candidate is not None
    fields = obj.form(candidate, systems.context)
    return {f.name: f.proposal or (f.choices or (TYPED.get(f.name, ""),))[0] for f in fields}


def sent(stage: Stage, side: Side, lines: Lines, run_id: str, tries: int = 12) -> Outcome:
    """Send again and again until it is over, as Airflow does."""
    for _ in range(tries):
        try:
            return send_record(stage.systems(lines), EXPORTS[side.name], side.id, run_id)
        except Unsettled as wait:
            stage.quiet()
            stage.offset += max(timedelta(0), wait.until - stage.now())
        except RetryLater:
            time.sleep(0.05)
    raise AssertionError(f"{side} does not come to an end: {stage.row(side.name, side.id)}")


def together(*parts: Callable[[threading.Barrier], None]) -> None:
    """Run these side by side; each waits at the barrier for the others. What one raises is raised."""
    start, raised = threading.Barrier(len(parts), timeout=60), []

    def run(part: Callable[[threading.Barrier], None]) -> None:
        try:
            part(start)
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits
            raised.append(error)
            start.abort()

    threads = [threading.Thread(target=run, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    if raised:
        raise next((e for e in raised if not isinstance(e, threading.BrokenBarrierError)), raised[0])


def judge(on: Table, pair: Pair, sides: Sequence[Side], played: Played, *, to_the_end: bool) -> None:
    """Never merged, one linked, the other asked again with the reason; then it goes its own way."""
    stage = on.stage
    states = [outcome.state if outcome else None for outcome in played.outcomes]
    said = [outcome.reason if outcome else "" for outcome in played.outcomes]
    assert states.count("linked") == 1, (pair.title, states, said)
    won, lost = (0, 1) if states[0] == "linked" else (1, 0)
    assert journal_of(stage) == writes_of(played.documents[won]), f"{pair.title}: Spectrum holds what is not the one's"
    refused_well(stage, sides[won], sides[lost], played.outcomes[lost])
    if pair.once or not to_the_end:
        return
    instance, before = asked(stage, sides[lost]), journal_of(stage)
    assert answered(stage, stage.systems(), sides[lost], instance, sides[lost].other).state == "sending"
    assert sent(stage, sides[lost], on.lines[0], instance.run_id).state == "linked"
    assert journal_of(stage) == before + writes_of(stage.document(sides[lost].name, sides[lost].id))


def refused_well(stage: Stage, won: Side, lost: Side, outcome: Outcome | None) -> None:
    """The record is asked again, nothing of it is claimed, and the reason names the other one and its approver."""
    assert outcome is not None
    assert (outcome.state, outcome.ask_again) == ("ready", True), outcome
    row = stage.row(won.name, won.id)
    assert row is not None
    assert row.title in outcome.reason, f"{outcome.reason} does not name {row.title}"
    assert APPROVER.title() in outcome.reason
    held = "select key from export.claims where record_id = %s and object_name = %s"
    assert stage.warehouse(held, lost.id.record, lost.name) == []


#: A project on which something of everything is ready.
_PROJECT = 562949953422978


def _records(stage: Stage, kind: str, *titles: str) -> list[RecordId]:
    query = (
        "select coalesce(fields->>'prime_change_id', id::text), project_id::text from procore.records where kind = %s"
        " and project_id = %s and fields->>'title' = any(%s) and deleted_at is null order by id"
    )
    rows = stage.sandbox(query, kind, _PROJECT, list(titles))
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
    keep_lines(stage, _PROJECT, 4)
    id, other = str(_PROJECT), str(twin(stage, _PROJECT))
    return Side("budgets", RecordId(COMPANY, id, id)), Side("budgets", RecordId(COMPANY, other, other))


def _forecasts(stage: Stage, alike: bool) -> tuple[Side, Side]:
    keep_lines(stage, _PROJECT, 4)
    id, other = str(_PROJECT), str(twin(stage, _PROJECT))
    return Side("forecasts", RecordId(COMPANY, id, id)), Side("forecasts", RecordId(COMPANY, other, other))


_NEW_CODES = 562949953421678


def _new_codes(stage: Stage, alike: bool) -> tuple[Side, Side]:
    id, other = str(_NEW_CODES), str(twin(stage, _NEW_CODES))
    return Side("jobs", RecordId(COMPANY, id, id)), Side("jobs", RecordId(COMPANY, other, other))


def _budget_and_new_codes(stage: Stage, alike: bool) -> tuple[Side, Side]:
    """A phase of the budget gets a new cost type: both write the phase's description and status."""
    keep_lines(stage, _PROJECT, 4)
    code = "split_part({}.fields->>'flat_code', '.', {})"
    lines = f"select from procore.records as b where b.kind = 'budget_line' and b.project_id = {_PROJECT}"
    phase, cost_type = stage.sandbox(
        f"select regexp_replace({code.format('w', 1)}, '\\W', '', 'g'), {code.format('w', 2)}"  # noqa: S608
        f" from procore.records as w where w.kind = 'wbs_code' and w.project_id = {_PROJECT}"
        f" and not exists ({lines} and (b.fields->>'wbs_code_id')::bigint = w.id)"
        f" and exists ({lines} and (select {code.format('o', 1)} from procore.records as o"
        f" where o.id = (b.fields->>'wbs_code_id')::bigint) = {code.format('w', 1)}) order by w.id limit 1"
    )[0]
    job = stage.procore_record(str(_PROJECT))["origin_code"]
    gone = stage.sandbox(
        'delete from dbo."JC_PHASE_MASTER_MC" where trim("Job_Number") = %s and trim("Phase_Code") = %s'
        ' and trim("Cost_Type") = %s returning 1',
        job,
        phase,
        cost_type,
    )
    assert gone, (job, phase, cost_type)
    id = RecordId(COMPANY, str(_PROJECT), str(_PROJECT))
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
