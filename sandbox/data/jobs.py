"""Plans the jobs of a company and their phases; used by the generator and the month of business.

A plan is a pure function of the seed, the company and the job number: the generator makes each plan twice (once to
weigh the jobs, once to write them) instead of keeping thousands of them in memory.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.data import words

MAIN_COMPANY = "1"
TEMPLATE_JOB = "TEMPLATE"

_MANAGERS = ("MGARCIA", "TOBRIEN", "LHALL", "RLEE", "SWALKER", "DPENA")
_SUPERINTENDENTS = ("JMILLER", "BJONES", "KDAVIS", "AMARTIN", "")
_ESTIMATORS = ("NTAYLOR", "CWILSON", "")
_DIVISIONS = ("BLDG", "CIVIL", "SPEC", "")
_COST_CENTERS = ("10", "20", "30", "")
_LABOR_RATE_CENTS = 6200
# How much of a phase's cost each cost type carries, and how many postings it makes compared with the others.
_COST_SHARE = {"L": 0.45, "M": 0.30, "E": 0.12, "RE": 0.08, "S": 0.60, "O": 0.10}
_POSTINGS = {"L": 6.0, "M": 2.5, "E": 1.5, "RE": 1.0, "S": 1.0, "O": 1.0}
# How jobs end, one after another: most a little below budget, some a little above, few well above. Of the phases that
# do not go as planned, at least and at most how much of its planned cost one takes.
_UNDER, _OVER, _WELL_OVER = (0.84, 0.98), (0.98, 1.22), (1.16, 1.50)
_OUTCOMES = (_UNDER, _UNDER, _OVER, _UNDER, _UNDER, _OVER, _UNDER, _WELL_OVER, _UNDER, _OVER)
_NOT_AS_PLANNED = 0.35
# The others take a little less than planned, and codes without a budget are for small things.
_AS_PLANNED = (0.96, 1.0)
_UNBUDGETED = 0.15
# What a unit costs, but for what estimators get wrong; see the quantities of transactions.
_UNIT_CENTS = 4000
# Place in the main company's list of the job that two customers pay for, each by applications of its own.
TWO_CUSTOMERS = 7
# Place in the main company's list of the job that still has a number of the old kind.
_OLD_NUMBER_PLACE, _OLD_NUMBER = 2, "19.50"


@dataclass(frozen=True)
class JobStart:
    """Where a plan begins: the job's number, start, place in the company's list and master job (blank for most)."""

    number: str
    start: date
    index: int
    master: str = ""


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """One phase and cost type: estimate in cents, hours and quantity in ten-thousandths, and its time window.

    `spent` is what it has cost so far in cents, `final` what it will have cost.
    """

    code: str
    description: str
    cost_type: str
    unit: str
    status: str
    cost_cents: int
    hours: int
    quantity: int
    start: date
    end: date
    spent: float
    final: float
    postings: float
    cost_center: str


@dataclass(frozen=True)
class JobPlan:
    """A job with its phases; the contract is what the phases cost plus the margin."""

    company: str
    number: str
    index: int
    master: str
    name: str
    status: str
    start: date
    end: date
    division: str
    cost_center: str
    manager: str
    superintendent: str
    estimator: str
    customer: str
    price_method: str
    margin: float
    phases: tuple[PhasePlan, ...]
    trailing: int

    @property
    def contract_cents(self) -> int:
        """The original contract in cents, rounded to whole hundreds of dollars."""
        return round(sum(phase.cost_cents for phase in self.phases) * self.margin / 10_000) * 10_000

    @property
    def postings(self) -> float:
        """The job's weight when transactions are distributed."""
        return sum(phase.postings for phase in self.phases)


def job_key(plan: JobPlan) -> dict[str, str]:
    """Return the codes that every row of a job begins with."""
    return {"Company_Code": plan.company, "Job_Number": plan.number}


def job_starts(company: str, count: int, as_of: date) -> Iterator[JobStart]:
    """Yield the first `count` jobs of a company: a template, then jobs spread over 40 months before `as_of`."""
    first_day = as_of - timedelta(days=40 * 30)
    previous = ""
    numbers: dict[int, int] = {}
    for index in range(count):
        start = first_day + timedelta(days=(40 * 30 - 20) * index // max(count, 1))
        if index == 0:
            yield JobStart(TEMPLATE_JOB, start, index)
            continue
        if index % 17 == 3 and previous:
            yield JobStart(f"{previous}E1", start, index, master=previous)
            continue
        if company == MAIN_COMPANY and index == _OLD_NUMBER_PLACE:
            yield JobStart(_OLD_NUMBER, start, index)
            continue
        numbers[start.year] = numbers.get(start.year, 100) + 1
        previous = f"{start.year % 100}-{numbers[start.year]}"
        yield JobStart(previous, start, index)


def plan_job(seed: int, company: str, begin: JobStart, as_of: date) -> JobPlan:
    """Return the plan of one job, the same for the same arguments.

    Args:
        seed: the data set's seed.
        company: trimmed company code.
        begin: the job's number, start and place.
        as_of: the last day of business; what lies after it has not happened.
    """
    rng = random.Random(f"{seed}/job/{company}/{begin.number}")
    template = begin.number == TEMPLATE_JOB
    days = rng.randint(270, 720) if company == MAIN_COMPANY else rng.randint(90, 300)
    end = begin.start + timedelta(days=days)
    if template:
        status = "I"
    elif end + timedelta(days=60) < as_of:
        status = "C"
    else:
        status = "I" if begin.index % 13 == 6 else "A"
    size = math.exp(rng.gauss(15.0 if company == MAIN_COMPANY else 12.6, 0.8)) * (0.15 if begin.master else 1.0)
    cost_center = _COST_CENTERS[begin.index % len(_COST_CENTERS)]
    name = words.JOB_NAMES[(begin.index - 1) % len(words.JOB_NAMES)]
    if begin.index > len(words.JOB_NAMES):
        name = f"{name[:20].rstrip()} #{(begin.index - 1) // len(words.JOB_NAMES) + 1}"[:25]
    outcome = _OUTCOMES[begin.index % len(_OUTCOMES)]
    phases = tuple(_plan_phases(rng, begin.start, end, size, as_of, status, template, cost_center, outcome))
    return JobPlan(
        company=company,
        number=begin.number,
        index=begin.index,
        master=begin.master,
        name="Template Job" if template else name,
        status=status,
        start=begin.start,
        end=end,
        division=_DIVISIONS[begin.index % 7 % len(_DIVISIONS)],
        cost_center=cost_center,
        manager=rng.choice(_MANAGERS),
        superintendent=rng.choice(_SUPERINTENDENTS),
        estimator=rng.choice(_ESTIMATORS),
        customer=f"C{1001 + rng.randrange(len(words.CUSTOMERS))}",
        price_method=_price_method(rng, company, begin),
        margin=1.0 + rng.uniform(0.06, 0.18),
        phases=phases,
        trailing=2 if begin.index % 10 == 4 else 0,
    )


def _price_method(rng: random.Random, company: str, begin: JobStart) -> str:
    if begin.number == TEMPLATE_JOB:
        return "F"
    if begin.index % 41 == 5:
        return "U"
    drawn = rng.choice("FFFFFFTC")
    return "F" if company == MAIN_COMPANY and begin.index == TWO_CUSTOMERS else drawn


def _plan_phases(
    rng: random.Random,
    start: date,
    end: date,
    size: float,
    as_of: date,
    status: str,
    template: bool,
    center: str,
    outcome: tuple[float, float],
) -> Iterator[PhasePlan]:
    chosen = [phase for phase in words.PHASES if template or rng.random() < 0.62 or phase[0] == "011000"]
    total_weight = sum(phase[3] for phase in chosen)
    span = (end - start).days
    for code, description, cost_types, weight, unit in chosen:
        division = int(code[:2])
        # Site work comes first, general conditions run all the way, the rest follows the divisions.
        at = 0.0 if division <= 1 else (rng.uniform(0.0, 0.2) if division >= 31 else 0.1 + 0.6 * division / 31)
        length = 1.0 if division <= 1 else rng.uniform(0.15, 0.3)
        opened = start + timedelta(days=int(span * at))
        closed = min(end, opened + timedelta(days=max(14, int(span * length))))
        elapsed = min(1.0, max(0.0, (as_of - opened).days / max(1, (closed - opened).days)))
        possible = ["RE" if letter == "R" else letter for letter in cost_types]
        kept = [cost_type for cost_type in possible if template or rng.random() < 0.88] or possible[:1]
        for cost_type in kept:
            share = _COST_SHARE[cost_type] / sum(_COST_SHARE[each] for each in kept)
            # Some codes are opened without a budget and still get costs.
            budgeted = not template and rng.random() >= 0.04
            cents = int(size * weight / total_weight * share * rng.uniform(0.7, 1.3)) * 100
            hours = cents * 10_000 // _LABOR_RATE_CENTS if cost_type == "L" else 0
            done = status == "C" or (elapsed >= 1.0 and rng.random() < 0.4)
            final = 0.0 if template else _final(rng.random(), outcome) * cents * (1.0 if budgeted else _UNBUDGETED)
            estimated = rng.randint(97, 104) if budgeted and unit not in {"LS", "MO"} else 0
            yield PhasePlan(
                code=code,
                description=description,
                cost_type=cost_type,
                unit="HR" if cost_type == "L" and unit == "LS" else unit,
                status="C" if done else ("I" if rng.random() < 0.02 else "A"),
                cost_cents=cents if budgeted else 0,
                hours=hours if budgeted else 0,
                quantity=max(1, cents * estimated // 100 // _UNIT_CENTS) * 10_000 if estimated else 0,
                start=opened,
                end=closed,
                spent=elapsed * final,
                final=final,
                postings=0.0 if final == 0.0 else elapsed * _POSTINGS[cost_type] * (1 + weight) ** 0.5,
                cost_center=center if rng.random() < 0.9 else "",
            )


def _final(chance: float, outcome: tuple[float, float]) -> float:
    """Which share of its planned cost a phase takes in the end, by one draw from 0 to 1."""
    if chance < _NOT_AS_PLANNED:
        low, high = outcome
        return low + (high - low) * chance / _NOT_AS_PLANNED
    low, high = _AS_PLANNED
    return low + (high - low) * (chance - _NOT_AS_PLANNED) / (1 - _NOT_AS_PLANNED)
