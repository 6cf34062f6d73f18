"""Writes job cost transactions as COPY lines; used by the generator (all of history) and by the month of business.

Millions of lines are made, so a line is put together from prepared pieces: everything that is the same for a phase is
formatted and escaped once.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.data import words
from sandbox.data.rows import money
from sandbox.data.schema import TRANSACTIONS
from sandbox.data.tables import pad
from sandbox.data.vendors import Vendor

COLUMNS = (
    "Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Tran_Date_Text", "Tran_Type_Code", "Tran_Amount",
    "Total_Hours", "Quantity", "Unit_of_Measure", "Reference_1", "Description", "Batch_Code", "Vendor_Code",
    "Vendor_Name", "Employee_Code", "Employee_Name", "Cost_Center",
)  # fmt: skip
_EMPLOYEES = 160
_LINES_PER_BLOCK = 2_000
# Working days of a month that see postings, January to December: winter slows the work down.
_SEASON = (2, 2, 3, 5, 6, 6, 6, 6, 6, 5, 4, 2)


@dataclass(frozen=True)
class Posting:
    """What the lines of one phase and cost type have in common.

    `cents` is what they add up to about, `count` how many there are, `start` to `end` the days they fall on.
    """

    company: str
    job: str
    phase: str
    cost_type: str
    unit: str
    cost_center: str
    cents: int
    count: int
    start: date
    end: date
    trailing: int = 0


class Calendar:
    """Posting days between two dates, weekdays only, repeated by season: drawing one evenly gives a seasonal date."""

    def __init__(self, first: date, last: date) -> None:
        self._days: list[str] = []
        day = first
        while day <= last:
            if day.weekday() < 5:
                self._days += [day.strftime("%Y%m%d")] * _SEASON[day.month - 1]
            day += timedelta(days=1)

    def between(self, start: date, end: date) -> list[str]:
        """Return the posting days from `start` to `end` as YYYYMMDD, at least one."""
        low = bisect_left(self._days, start.strftime("%Y%m%d"))
        high = bisect_right(self._days, end.strftime("%Y%m%d"))
        return self._days[low:high] or [start.strftime("%Y%m%d")]


class TransactionWriter:
    """Makes the lines of postings.

    Args:
        calendar: the days postings can fall on.
        vendors: company to its vendors by cost type.
        batch: the first letters of the batch codes, so that later loads are told apart.
    """

    def __init__(self, calendar: Calendar, vendors: dict[str, dict[str, list[Vendor]]], batch: str = "") -> None:
        self._calendar = calendar
        self._vendors = vendors
        self._batch = batch
        self._employees = [_employee(number) for number in range(_EMPLOYEES)]

    def write(self, rng: random.Random, posting: Posting, write: Callable[[bytes], object]) -> None:
        """Hand the lines of one posting to `write`, in blocks of a few thousand.

        Args:
            rng: the source of chance of this posting alone.
            posting: what to write.
            write: takes COPY text lines, for example a psycopg copy's `write`.
        """
        block: list[str] = []
        for line in self._lines(rng, posting):
            block.append(line)
            if len(block) == _LINES_PER_BLOCK:
                write("".join(block).encode())
                block.clear()
        if block:
            write("".join(block).encode())

    def _lines(self, rng: random.Random, posting: Posting) -> Iterator[str]:
        chance = rng.random
        days = self._calendar.between(posting.start, posting.end)
        span = len(days)
        head = _head(posting)
        tail = f"\t{pad(TRANSACTIONS, 'Cost_Center', posting.cost_center)}\n"
        average = posting.cents // posting.count
        labor = posting.cost_type == "L"
        crew = rng.sample(self._employees, 8) if labor else []
        parties = [] if labor else self._parties(rng, posting)
        texts = {"M": words.MATERIALS, "O": words.OTHERS}.get(posting.cost_type, ("Progress billing", " ", "Invoice"))
        rate = rng.randint(38, 92) * 100
        day, kind, cents, body = days[0], "JC", 0, ""
        for number in range(posting.count):
            luck = chance()
            if number and luck < 0.012:
                if luck < 0.006:
                    # The same line once more: legal, two equal time cards on a day.
                    yield f"{head}{day}\t{kind}\t{money(cents)}{body}{tail}"
                else:
                    cents = -cents
                    yield f"{head}{day}\t{kind}\t{money(cents)}{_negated(body)}{tail}"
                continue
            # Two draws averaged make few postings at both ends and many in the middle: an S-curve of cost.
            day = days[int(span * (chance() + chance()) / 2)]
            cents = int(average * (0.4 + 1.2 * chance()))
            if chance() < 0.02:
                cents = -cents // 4
            if labor:
                kind = "PR" if luck > 0.02 else "JC"
                hours = cents * 100 // rate
                who = crew[int(chance() * 8)]
                body = (
                    f"\t{'-' if hours < 0 else ''}{abs(hours) // 100}.{abs(hours) % 100:02d}00\t0.0000\tHR\t"
                    f"TC{int(chance() * 1e6):06d}\t \t{self._batch}PR{day[2:6]}\t \t \t{who}"
                )
            else:
                kind = _kind(posting.cost_type, luck)
                party = parties[int(chance() * len(parties))]
                text = texts[int(chance() * len(texts))]
                quantity = abs(cents) // 4000
                body = (
                    f"\t0.0000\t{'-' if cents < 0 else ''}{quantity}.0000\t{posting.unit}\t"
                    f"{kind}{int(chance() * 1e7):07d}\t{text}\t{self._batch}{kind}{day[2:6]}\t{party}\t \t "
                )
            yield f"{head}{day}\t{kind}\t{money(cents)}{body}{tail}"

    def _parties(self, rng: random.Random, posting: Posting) -> list[str]:
        vendors = self._vendors[posting.company][posting.cost_type]
        chosen = [rng.choice(vendors) for _ in range(1 if posting.cost_type == "S" else 4)]
        return [f"{pad(TRANSACTIONS, 'Vendor_Code', vendor.code)}\t{escape(vendor.name)}" for vendor in chosen]


def escape(text: str) -> str:
    """Return a text as PostgreSQL's COPY text format writes it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _head(posting: Posting) -> str:
    codes = (
        pad(TRANSACTIONS, "Company_Code", posting.company),
        pad(TRANSACTIONS, "Job_Number", posting.job, posting.trailing),
        pad(TRANSACTIONS, "Phase_Code", posting.phase),
        pad(TRANSACTIONS, "Cost_Type", posting.cost_type),
    )
    return "\t".join(codes) + "\t"


def _kind(cost_type: str, luck: float) -> str:
    if cost_type == "E":
        return "EC"
    if cost_type == "M":
        return "IN" if luck > 0.8 else ("PO" if luck > 0.6 else "AP")
    return "AP" if luck > 0.1 else "JC"


def _negated(body: str) -> str:
    """Turn the hours and the quantity of a line around, as a reversal has them."""
    _, hours, quantity, rest = body.split("\t", 3)
    return "\t".join(["", _minus(hours), _minus(quantity), rest])


def _minus(number: str) -> str:
    if number.strip("0.") == "":
        return number
    return number[1:] if number.startswith("-") else f"-{number}"


def _employee(number: int) -> str:
    rng = random.Random(f"employee/{number}")
    name = f"{rng.choice(words.LAST_NAMES)}, {rng.choice(words.FIRST_NAMES)}"
    return f"{pad(TRANSACTIONS, 'Employee_Code', str(2001 + number))}\t{escape(name)}"
