"""Generates the projections of a job's phases: rows of JC_PROJ_COST_HISTORY_MC, which are steps, not totals.

Used by the generator of a job's paper. As in a contractor's books: a few totals a phase, sometimes two a day; some
entered late, with the row that balances them; what approved change orders added; here and there a balance brought
forward without a date. Phases that Spectrum projects by unit costs have none.
"""

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.data.jobs import JobPlan, PhasePlan
from sandbox.data.projection_rows import BALANCE, CHANGE_ORDER, ENTRY, TABLE, row
from sandbox.data.rows import Row, money, qty

Code = tuple[str, str]
# How many of the phases that are off by more than some percent are projected, and how many of the others; how many of
# those that were projected once were never projected again.
_PROJECTED_OFF, _PROJECTED_ROUTINE, _ROUTINE = 0.8, 0.08, 2
_OUTDATED = 0.2
_NOTES = ("", "PM forecast", "Buyout – saved", "Crew productivity below plan")


@dataclass(frozen=True)
class Total:
    """A total that somebody entered: when, how many percent of the estimate, and their note."""

    day: date
    percent: int
    note: str


@dataclass(frozen=True)
class Change:
    """What a change order added to a phase: when, whose number, cents and ten-thousandths of hours."""

    day: date
    request: str
    cents: int
    hours: int


@dataclass(frozen=True)
class _Steps:
    """Cents, and ten-thousandths of hours and quantity."""

    cents: int = 0
    hours: int = 0
    quantity: int = 0

    def __add__(self, other: "_Steps") -> "_Steps":
        return _Steps(self.cents + other.cents, self.hours + other.hours, self.quantity + other.quantity)

    def __sub__(self, other: "_Steps") -> "_Steps":
        return _Steps(self.cents - other.cents, self.hours - other.hours, self.quantity - other.quantity)

    def __bool__(self) -> bool:
        return bool(self.cents or self.hours or self.quantity)

    @property
    def values(self) -> dict[str, str]:
        """By column."""
        return {
            "Amount": money(self.cents),
            "Projected_Hours": qty(self.hours),
            "Projected_Quantity": qty(self.quantity),
        }


def draw_totals(rng: random.Random, plan: JobPlan, as_of: date) -> dict[Code, list[Total]]:
    """Draw which phases are projected, and what was entered.

    Args:
        rng: the job's.
        plan: the job.
        as_of: the last day of business.

    Returns:
        By phase code and cost type, the oldest total first.
    """
    found: dict[Code, list[Total]] = {}
    for phase in plan.phases:
        if phase.start >= as_of or not phase.cost_cents:
            continue
        percent = math.ceil(100 * phase.final / phase.cost_cents)
        if rng.random() >= (_PROJECTED_OFF if abs(percent - 100) > _ROUTINE else _PROJECTED_ROUTINE):
            continue
        back = sorted(rng.sample(range(1, 12), rng.randint(1, 2)), reverse=True)
        # What is not going as planned is seen halfway at first, and now and then nobody looks again.
        seen = [(100 + percent) // 2, percent] if len(back) > 1 or rng.random() < _OUTDATED else [percent]
        found[phase.code, phase.cost_type] = [
            Total(as_of - timedelta(days=30 * months_back), each, rng.choice(_NOTES))
            for months_back, each in zip(back, seen, strict=False)
        ]
    return found


def changes_of(requests: Sequence[Row]) -> dict[Code, list[Change]]:
    """Return what the change requests of a job add to projections: the cost lines of those with a change order.

    Args:
        requests: (table, row) of them, as they were generated.
    """
    headers = {made["Change_Request_Number"]: made for table, made in requests if table == "CR_CHNG_REQ_HDR_MC"}
    found: dict[Code, list[Change]] = {}
    for line in (made for table, made in requests if table == "CR_CHNG_REQ_CON_DET_MC"):
        header = headers[line["Change_Request_Number"]]
        if header["Change_Order_Number"]:
            change = Change(
                header["Approved_Date"] or header["Origination_Date"],
                line["Change_Request_Number"],
                _units(line["Change_Request_Amount"]),
                _units(line["Change_Request_Hours"]),
            )
            found.setdefault((line["Phase_Code"], line["Cost_Type"]), []).append(change)
    return found


def _units(text: str) -> int:
    """A decimal text in units of its last place."""
    return int(text.replace(".", ""))


def projection_rows(
    seed: int,
    plan: JobPlan,
    by_hand: Collection[Code],
    drawn: Mapping[Code, Sequence[Total]],
    changes: Mapping[Code, Sequence[Change]],
) -> Iterator[Row]:
    """Yield (table, row) for the projections of a job, the same for the same arguments.

    Args:
        seed: the data set's seed.
        plan: the job.
        by_hand: the phases whose projections are entered, the others being worked out by unit costs.
        drawn: the totals that were entered.
        changes: what change orders added.
    """
    for phase in plan.phases:
        code = (phase.code, phase.cost_type)
        if code not in by_hand or not (drawn.get(code) or changes.get(code)):
            continue
        rng = random.Random(f"{seed}/projections/{plan.company}/{plan.number}/{phase.code}/{phase.cost_type}")
        yield from _Booked(rng, plan, phase).rows(drawn.get(code, ()), changes.get(code, ()))


class _Booked:
    """The rows of one phase and cost type, one after another."""

    def __init__(self, rng: random.Random, plan: JobPlan, phase: PhasePlan) -> None:
        self._rng, self._phase = rng, phase
        self._key = {
            "Company_Code": plan.company,
            "Job": plan.number,
            "Phase": phase.code,
            "Cost_Type": phase.cost_type,
        }
        self._count = 0

    def rows(self, totals: Sequence[Total], changes: Sequence[Change]) -> Iterator[Row]:
        rng, now = self._rng, _Steps()
        if rng.random() < 0.08:
            now = _Steps(cents=self._phase.cost_cents // 2_000 * 100 or 50_000)
            yield self._row(ENTRY, None, now, remarks="Balance forward")
        events = self._events(totals, changes)
        for place, event in enumerate(events):
            if isinstance(event, Change):
                step = _Steps(event.cents, event.hours)
                if step:
                    yield self._row(
                        CHANGE_ORDER, event.day, step, request=event.request, remarks=f"Change request {event.request}"
                    )
            else:
                step = self._total(event.percent) - now
                if step:
                    yield self._row(ENTRY, event.day, step, note=event.note)
            now += step
            if place + 1 < len(events) and rng.random() < 0.15:
                yield from self._back_dated(event.day, events[place + 1].day)

    def _events(self, totals: Sequence[Total], changes: Sequence[Change]) -> list[Total | Change]:
        """Totals and change orders in the order of their days; a first total before what is only changed."""
        rng = self._rng
        entered = list(totals)
        if not entered:
            first = min(change.day for change in changes)
            entered = [Total(min(self._phase.start, first), 100, "Original estimate")]
        last = entered[-1]
        luck = rng.random()
        if luck < 0.2:
            entered.append(Total(last.day, last.percent + rng.choice((-2, 1, 3)), "Corrected the same day"))
        elif luck < 0.4:
            entered.append(Total(last.day + timedelta(days=rng.randint(1, 20)), last.percent + 4, rng.choice(_NOTES)))
        return sorted([*entered, *changes], key=lambda event: event.day)

    def _back_dated(self, since: date, until: date) -> Iterator[Row]:
        """An entry between two days, and the row that takes it back on the later one."""
        days = (until - since).days
        if days > 1:
            day = since + timedelta(days=self._rng.randint(1, days - 1))
            step = _Steps(cents=self._rng.choice((-3, 2, 5)) * 25_000)
            yield self._row(ENTRY, day, step, note="Entered late")
            yield self._row(BALANCE, until, _Steps() - step, remarks=f"Balances entry of {day:%m/%d/%Y}")

    def _total(self, percent: int) -> _Steps:
        phase = self._phase
        return _Steps(phase.cost_cents * percent // 100, phase.hours * percent // 100, phase.quantity)

    def _row(self, kind: str, day: date | None, step: _Steps, **texts: str) -> Row:
        made = row(
            self._key, kind, day, self._count, step.values, operator=self._rng.choice(("JM", "LH", "TO")), **texts
        )
        self._count += 1
        return TABLE, made
