"""A small world for the core of the exports: a Procore and a Spectrum in memory, whose calls fail as they are told to.

Time is the world's own. A write is done at once, or late while its caller has given up, or never; a kill is a
BaseException, which ends everything up to the test as a SIGKILL would, connections included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psycopg
import pytest

from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.exports.records.ledger import Response
from spectrum_etl.exports.records.queue import QueueRow, find
from spectrum_etl.exports.records.states import Outcome
from spectrum_etl.exports.spec import (
    Answers,
    Candidate,
    Context,
    ExportObject,
    Problem,
    RecordFilter,
    Rule,
)
from spectrum_etl.exports.steps.answer import take
from spectrum_etl.exports.steps.ask import NotAsked, Question, ask
from spectrum_etl.exports.steps.collect import Collected, collect
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.exports.systems import Systems
from spectrum_etl.model.record import RecordId
from spectrum_etl.model.run import Instance
from spectrum_etl.settings import Settings
from spectrum_etl.sources.faults import NotAllowed, NotSent, OutcomeUnknown, Refused
from spectrum_etl.sources.sdx.write_answer import WriteAnswer

Fault = Literal["", "not sent", "lost", "late", "never", "killed before", "killed after", "killed late", "refused"]
FAULTS: tuple[Fault, ...] = (
    "", "not sent", "lost", "late", "never", "killed before", "killed after", "killed late", "refused",
)  # fmt: skip
APPROVER = "accounting"
Place = tuple[str, tuple[tuple[str, str], ...]]


class Kill(BaseException):
    """SIGKILL."""


class Spectrum:
    """What Spectrum holds, and the writer, in one. Adding what exists is refused, everything else overwrites.

    Args:
        now: the world's time.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.held_now: dict[Place, dict[str, str]] = {}
        self.executed: Counter[Place] = Counter()
        self.by_person: set[Place] = set()
        self.faults: list[Fault] = []
        self.unreadable: set[str] = set()
        self.calls = 0
        self.late: list[tuple[datetime, str, dict[str, str]]] = []
        self.late_after = 100.0

    def current_values(self, service: str, key: Mapping[str, str]) -> dict[str, str] | None:
        self._time_passes()
        found = self.held_now.get(place(service, key))
        return None if found is None else dict(found)

    def all_current_values(self, calls: Sequence[Call]) -> list[dict[str, str] | None]:
        return [
            self.current_values(call.service, call.key) if self.can_read_back(call.service) else None for call in calls
        ]

    def can_read_back(self, service: str, key: Mapping[str, str] | None = None) -> bool:
        return service not in self.unreadable

    def unread(self, call: Call) -> list[str]:
        return []

    def write(self, service: str, parameters: Mapping[str, str]) -> WriteAnswer:
        self._time_passes()
        self.calls += 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "not sent":
            raise NotSent("the connection was refused")
        if fault == "killed before":
            raise Kill
        if fault == "never":
            raise OutcomeUnknown("the connection was reset")
        if fault in ("late", "killed late"):
            self.late.append((self.now() + timedelta(seconds=self.late_after), service, dict(parameters)))
            raise OutcomeUnknown("no answer in time") if fault == "late" else Kill
        if fault == "refused":
            raise Refused("a phase is complete")
        if not self._execute(service, parameters):
            raise Refused("it exists already")
        if fault == "lost":
            raise OutcomeUnknown("the answer was lost")
        if fault == "killed after":
            raise Kill
        return WriteAnswer()

    def settle(self) -> None:
        """All that still runs ends."""
        for _, service, parameters in self.late:
            self._execute(service, parameters)
        self.late.clear()

    def person_writes(self, call: Call, fields: Mapping[str, str]) -> None:
        where = place(call.service, call.key)
        self.held_now[where] = dict(fields)
        self.by_person.add(where)

    def _time_passes(self) -> None:
        due = [entry for entry in self.late if entry[0] <= self.now()]
        self.late = [entry for entry in self.late if entry[0] > self.now()]
        for _, service, parameters in due:
            self._execute(service, parameters)

    def _execute(self, service: str, parameters: Mapping[str, str]) -> bool:
        names = KEYS[service]
        where = place(service, {name: parameters[name] for name in names})
        if where in self.held_now and service.startswith("Add"):
            return False
        self.held_now[where] = {name: value for name, value in parameters.items() if name not in names}
        self.executed[where] += 1
        return True


KEYS = {
    "AddVendor": ("Company_Code", "Vendor_Code"),
    "AddPhase": ("Company_Code", "Job_Number", "Phase_Code"),
    "UpdateVendor": ("Company_Code", "Vendor_Code"),
}


def place(service: str, key: Mapping[str, str]) -> Place:
    return service, tuple(sorted(key.items()))


@dataclass
class Procore:
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    mark_faults: list[BaseException] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    company_id: str = "4001"


def _candidate(record: str, content: Mapping[str, Any]) -> Candidate:
    return Candidate(RecordId("1", "p1", record), f"Thing {record}", dict(content))


def _collect(client: Any, company: Any, only: RecordFilter) -> Iterator[Candidate]:
    for record, content in list(client.records.items()):
        if not only.records or record in only.records:
            yield _candidate(record, content)


def _read(client: Any, company: Any, id: RecordId) -> Candidate | None:
    if id.record in client.hidden:
        raise NotAllowed("the service account may not read this", remedy="let it")
    content = client.records.get(id.record)
    return None if content is None else _candidate(id.record, content)


def has_a_name(candidate: Candidate, context: Context) -> Iterator[Problem]:
    if not candidate.content["name"]:
        yield Problem("name", "", f"{candidate.title} has no name", "name it in Procore")


def has_few_lines(candidate: Candidate, context: Context) -> Iterator[Problem]:
    if len(candidate.content["lines"]) > 9:
        count = str(len(candidate.content["lines"]))
        yield Problem("lines", count, f"{candidate.title} has {count} lines; at most 9", "divide it")


def code_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    key = {"Company_Code": "1", "Vendor_Code": answers.get("code", "")}
    if context.spectrum.current_values("AddVendor", key) is not None:
        yield Problem("code", key["Vendor_Code"], f"{key['Vendor_Code']} is taken", "give another code")


def _form(candidate: Candidate, context: Context) -> tuple[FormField, ...]:
    return (
        FormField("code", "Code", "What Spectrum calls it.", candidate.content.get("number", ""), max_length=10),
        FormField("kind", "Kind", "Its kind.", "SUB", choices=("SUB", "MAT"), required=False),
    )


def _document(candidate: Candidate, answers: Answers, context: Context) -> Document:
    code, content = answers["code"], candidate.content
    vendor = {"Company_Code": "1", "Vendor_Code": code}
    head = Call("AddVendor", vendor, {"Vendor_Name": content["name"], "Type": answers.get("kind", "")}, adds=True)
    lines = [
        Call("AddPhase", {"Company_Code": "1", "Job_Number": code, "Phase_Code": str(n)}, {"Description": text}, True)
        for n, text in enumerate(content["lines"], start=1)
    ]
    more = [Call("UpdateVendor", vendor, {"Alpha_Sort": content["note"]}, adds=False)] if content.get("note") else []
    return Document(code, (head, *lines, *more))


def _mark(client: Any, company: Any, id: RecordId, key: str) -> None:
    if client.mark_faults:
        raise client.mark_faults.pop(0)
    client.marks[id.record] = key


def _unmark(client: Any, company: Any, id: RecordId) -> None:
    client.marks.pop(id.record, None)


OBJECT = ExportObject(
    name="things",
    title="thing",
    services=tuple(KEYS),
    collect=_collect,
    read=_read,
    rules=(Rule("G1", has_a_name), Rule("G2", has_few_lines)),
    form=_form,
    form_rules=(Rule("H2", code_is_free),),
    document=_document,
    mark=_mark,
    unmark=_unmark,
    holds=lambda spectrum, key: (
        key if spectrum.current_values("AddVendor", {"Company_Code": "1", "Vendor_Code": key}) is not None else None
    ),
    space="vendor",
    frozen=("name", "lines"),
)


class World:
    """Everything around one warehouse.

    Args:
        url: an empty PostgreSQL database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.time = datetime(2026, 9, 1, 8, tzinfo=UTC)
        self.spectrum = Spectrum(lambda: self.time)
        self.procore = Procore()
        company = {"code": "1", "name": "One", "phase_category": "STD", "procore_company_id": 4001}
        approvers = [{"id": APPROVER, "name": "Accounting"}]
        exports = {"approvers": approvers, "server_time_limit": 300}
        self.settings = Settings.model_validate({"companies": [company], "exports": exports})
        self.runs = 0

    @property
    def systems(self) -> Systems:
        """Made anew for every task, as tasks do."""
        spectrum: Any = self.spectrum
        client: Any = self.procore
        return Systems(
            self.url, self.settings, self.settings.companies[0], client, spectrum, self.spectrum, lambda _: self.time
        )

    def id(self, record: str) -> RecordId:
        return RecordId("1", "p1", record)

    def add(self, record: str, **content: Any) -> RecordId:
        self.procore.records[record] = {"name": "Acme", "lines": ["one"], "number": f"C{record}"[:10], **content}
        return self.id(record)

    def collect(
        self, *records: str, most: int = 100, waits: Callable[[Instance], bool] = lambda _: True,
        obj: ExportObject = OBJECT,
    ) -> Collected:  # fmt: skip
        self.runs += 1
        # Seen and since are compared by the warehouse's own clock.
        systems = self.systems
        systems = Systems(
            systems.url, systems.settings, systems.company, systems.procore, systems.spectrum, systems.writer
        )
        return collect(systems, obj, RecordFilter(records=tuple(records)), f"run {self.runs}", most, waits)

    def ask(self, id: RecordId, instance: Instance | None = None, obj: ExportObject = OBJECT) -> Question | NotAsked:
        return ask(self.systems, obj, id, instance or self.instance(id))

    def answer(
        self, id: RecordId, decision: Any = "accept", user: str = APPROVER, instance: Instance | None = None,
        obj: ExportObject = OBJECT, **answers: str,
    ) -> Outcome:  # fmt: skip
        form = {"code": f"C{id.record}"[:10], "kind": "SUB", **answers}
        response = Response(decision, form, user, user.title(), self.time)
        return take(self.systems, obj, id, instance or self.instance(id), response)

    def accept(self, record: str, **content: Any) -> RecordId:
        """Collected, asked and accepted."""
        id = self.add(record, **content)
        self.collect(record)
        assert isinstance(self.ask(id), Question)
        assert self.answer(id).state == "sending"
        return id

    def send(self, id: RecordId, obj: ExportObject = OBJECT) -> Outcome:
        return send_record(self.systems, obj, id, "run of send")

    def instance(self, id: RecordId) -> Instance:
        return Instance("export_things", f"run {self.runs}", "record.approve", 0)

    def row(self, id: RecordId) -> QueueRow | None:
        with psycopg.connect(self.url) as connection:
            return find(connection, "things", id)

    def state(self, id: RecordId) -> str | None:
        row = self.row(id)
        return row.state if row else None

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def killed_after(steps: int | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kill at the so-manieth end of a transaction: just before or just after its commit. None: never."""
    left = [-1 if steps is None else steps]
    original = psycopg.Connection.transaction

    def tick() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Kill

    @contextmanager
    def transaction(self: psycopg.Connection, *args: Any, **kwargs: Any) -> Iterator[Any]:
        with original(self, *args, **kwargs) as inner:
            yield inner
            tick()
        tick()

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "transaction", transaction)
        yield
