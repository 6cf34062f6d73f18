"""The records of a random sequence: how each goes on and is led on, and what has to be true of them at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from spectrum_etl.errors import RetryLater, SpectrumEtlError
from spectrum_etl.exports.document import Document
from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.records.ledger import Response
from spectrum_etl.exports.records.queue import Moved
from spectrum_etl.exports.records.settling import Unsettled
from spectrum_etl.exports.records.states import IN_FLIGHT
from spectrum_etl.exports.steps.answer import take
from spectrum_etl.exports.steps.ask import Question, ask
from spectrum_etl.exports.steps.send import send_record
from spectrum_etl.model.run import Instance
from tests.exports.endtoend.cases import MARKED, differing, journal_of, writes_of
from tests.exports.endtoend.pair_records import PAIRS, Pair, Side
from tests.exports.endtoend.pairs import Table, both_asked, form_of
from tests.exports.endtoend.stage import APPROVER, Stage

if TYPE_CHECKING:
    from tests.exports.endtoend.sequences import Found

#: Spaces in which a number is one document, which lines of two records would become parts of.
_DOCUMENTS = ("vendor", "job", "subcontract", "change request")
#: A record is over in these, and where it has left the queue, since Spectrum has all that it holds. From `not_ready`
#: the rule that it breaks leads on, and from `rejected` collecting it again.
_OVER = ("linked", "rejected", "not_ready")


@dataclass
class Player:
    """One record.

    Args:
        side: the record and what its approver types.
        instance: who asks.
        form: what is answered first.
        asked_again: how often somebody was.
        failures: how often a person had to look.
    """

    side: Side
    instance: Instance
    form: dict[str, str]
    state: str | None = "waiting"
    asked_again: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done, as of its last look."""
        return self.state is None or self.state in _OVER

    def goes_on(self, on: Table, place: int) -> None:
        """What its tasks do by themselves: the approver's yes, where they wait for it, and a try to send.

        Args:
            place: which connections it uses.
        """
        stage, name = on.stage, self.side.name
        systems = stage.systems(on.lines[place])
        if self._look(stage) == "waiting":
            response = Response("accept", self.form, APPROVER, APPROVER.title(), stage.now())
            # Somebody else's run was faster; or a fault lost the answer, and somebody is asked again.
            with suppress(SpectrumEtlError):
                take(systems, EXPORTS[name], self.side.id, self.instance, response)
        if self._look(stage) in IN_FLIGHT:
            try:
                send_record(systems, EXPORTS[name], self.side.id, self.instance.run_id)
            except Unsettled as wait:
                stage.quiet()
                stage.offset += max(timedelta(0), wait.until - stage.now())
            except (RetryLater, Moved):
                pass
        self._look(stage)

    def leads_on(self, on: Table, *, rejects: bool) -> None:
        """What leads on without faults: the next run, or what docs/exports.md tells a person to do.

        Args:
            rejects: whether the approver who is asked again says no.
        """
        stage, obj = on.stage, EXPORTS[self.side.name]
        if self._look(stage) == "failed":
            row = stage.row(self.side.name, self.side.id)
            self.failures.append(str(row and row.reason))
        if self.state in ("failed", "ready"):
            projects = (self.side.id.project,) if self.side.id.project else ()
            stage.collect(self.side.name, self.side.id.record, projects=projects)
        if self._look(stage) == "ready":
            self.instance = stage.instance(self.side.name)
            asked = ask(stage.systems(), obj, self.side.id, self.instance)
            if isinstance(asked, Question):
                self.asked_again += 1
                self.form = {**self.form, **self.side.other}
                if rejects:
                    response = Response("reject", {"reason": "no"}, APPROVER, APPROVER.title(), stage.now())
                    take(stage.systems(), obj, self.side.id, self.instance, response)
        self.goes_on(on, 0)

    def _look(self, stage: Stage) -> str | None:
        self.state = stage.state(self.side.name, self.side.id)
        return self.state


def both(on: Table, pair: Pair) -> list[Player]:
    """The two records of a pair before their approvers."""
    sides, instances = both_asked(on, pair, alike=True)
    place = PAIRS.index(pair)
    if place not in on.forms:
        systems = on.stage.systems()
        on.forms[place] = [{**form_of(systems, side), **side.typed} for side in sides]
    return [Player(*each) for each in zip(sides, instances, on.forms[place], strict=True)]


def judged(on: Table, players: Iterable[Player], playing: Iterable[Player], found: Found) -> None:
    """Count what went wrong of these records.

    Args:
        on: where they were played.
        players: both records; what nobody accepted must not have been written.
        playing: those that were answered.
        found: added to.
    """
    stage = on.stage
    documents = {place: _accepted(stage, player.side) for place, player in enumerate(players)}
    done = journal_of(stage)
    adds: dict[Any, bool] = {}
    owners = defaultdict(set)
    for place, accepted in documents.items():
        for document in accepted:
            for call, wanted in zip(document.calls, writes_of(document), strict=True):
                adds[wanted] = adds.get(wanted, False) or call.adds
                owners[wanted].add(place)
    found.duplicates += sum(count - 1 for wanted, count in done.items() if adds.get(wanted))
    found.foreign += sum(count for wanted, count in done.items() if wanted not in adds)
    found.merged += _merged(players, documents, {wanted: owners[wanted] for wanted in done})
    for place, player in enumerate(players):
        if player not in playing:
            continue
        found.ends[str(player.state)] += 1
        where = f"{player.side.name} {player.side.id.record}"
        if player.failures:
            found.lost.append(f"{where} failed: {'; '.join(player.failures)}")
        row = stage.row(player.side.name, player.side.id)
        if not player.is_over:
            found.stuck.append(f"{where} is {player.state}: {row and row.reason}")
        elif player.state == "linked":
            found.lost += [f"{where}: {what}" for what in _missing(stage, player.side, documents[place][-1])]
        elif any(owners[wanted] == {place} for wanted in done):
            found.lost.append(f"{where} is {player.state}, and Spectrum holds something of it")
    open_claims = stage.warehouse("select key, title from export.claims where not linked")
    if open_claims and all(player.is_over for player in playing):
        found.stuck.append(f"claimed by nobody who uses it: {open_claims}")


def _accepted(stage: Stage, side: Side) -> list[Document]:
    """What was accepted of a record, in turn."""
    payloads = stage.warehouse(
        "select payload from export.ledger where object_name = %s and record_id = %s and payload is not null"
        " order by attempt_id",
        side.name,
        side.id.record,
    )
    return [Document.from_json(payload) for (payload,) in payloads]


def _merged(players: Iterable[Player], documents: dict[int, list[Document]], written: dict[Any, set[int]]) -> list[str]:
    """Numbers under which something of two records was written; what both would write alike tells nothing."""
    current: dict[str, set[int]] = defaultdict(set)
    for place, player in enumerate(players):
        obj = EXPORTS[player.side.name]
        if obj.space not in _DOCUMENTS:
            continue
        for document in documents[place]:
            if any(written.get(call) == {place} for call in writes_of(document)):
                current[f"{obj.space} {document.key.upper()}"].add(place)
    return [number for number, places in current.items() if len(places) > 1]


def _missing(stage: Stage, side: Side, document: Document) -> list[str]:
    """What is not as it has to be of a record that is linked."""
    missing = differing(stage, document)
    links = "select spectrum_key from export.links where object_name = %s and record_id = %s and unlinked_at is null"
    if stage.warehouse(links, side.name, side.id.record) != [(document.key,)]:
        missing.append("not linked in the ledger")
    if side.name in MARKED and not stage.procore_record(side.id.record)["origin_id"]:
        missing.append("not linked in Procore")
    claimed = "select count(*) from export.claims where object_name = %s and record_id = %s and linked"
    if stage.warehouse(claimed, side.name, side.id.record) != [(1,)]:
        missing.append("its number is not claimed")
    return missing
