"""Writes job cost transactions as COPY lines; used by the generator (all of history) and by the month of business.

Millions of lines are made, so a line is put together from prepared pieces: everything that is the same for a phase is
formatted and escaped once.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sandbox.data import never_read, words
from sandbox.data.rows import money
from sandbox.data.schema import TRANSACTIONS
from sandbox.data.tables import NOTHING, pad
from sandbox.data.vendors import Vendor

_NEVER_READ = never_read.row_values(TRANSACTIONS)
# The columns of a line in its order; the others of the table hold nothing.
COLUMNS = (
    "Company_Code", "Job_Number", "Phase_Code", "Cost_Type", "Cost_Center", "Unit_of_Measure", *_NEVER_READ,
    "Tran_Type_Code", "Tran_Date_Text", "Tran_Date_Text_Year", "Tran_Date_Text_Period",
    "Tran_Amount", "Quantity", "Total_Hours", "PR_Hours1", "PR_Hours2", "Detail_Sequence",
    "Reference_1", "Reference_2", "Description", "Batch_Code",
    "Employee_Code", "Employee_Name", "Pr_Company_Code", "Vendor_Code", "Vendor_Name", "AP_Company_Code",
    "Invoice_Number", "Invoice_Date", "Po_Number", "Equip_Company_Code",
    "Inventory_Company_Code", "Item_Code", "Item_Description",
)  # fmt: skip
# What a line without an employee, a vendor, an invoice, a store of its own has in their columns.
_NO_EMPLOYEE = _NO_PARTY = "\t".join(NOTHING * 3)
_NO_INVOICE = f"{NOTHING}\t\\N\t{NOTHING}"
_NO_STORE = "\t".join(NOTHING * 4)
_NO_SOURCE = f"{_NO_INVOICE}\t{_NO_STORE}"
# Where a cost of each type comes from, and up to which draw. OH and ZX are none of the help's: OH was seen at a site,
# of ZX nothing is known. A purchase order costs nothing: its receipt or invoice does.
_KINDS = {
    "M": (("JC", 0.02), ("IC", 0.3), ("AP", 1.0)),
    "E": (("JC", 0.03), ("EQ", 1.0)),
    "RE": (("JC", 0.05), ("AP", 1.0)),
    "S": (("JC", 0.08), ("AP", 1.0)),
    "O": (("ZX", 0.02), ("OH", 0.035), ("JC", 0.1), ("GL", 0.25), ("OT", 0.35), ("AP", 1.0)),
}
_EMPLOYEES = 160
_LINES_PER_BLOCK = 2_000
# Hours of a time card beyond this many hundredths are overtime.
_REGULAR_HOURS = 40_00
# One vendor in so many belongs to another company of the same owner.
_FOREIGN_VENDORS = 25
# A vendor puts what so many of eight deliveries cost on one of its last invoices, of whatever job, as long as that is
# dated while the phase is at work. A subcontract has invoices of its own.
_JOINED_OF_EIGHT = 6
_LAST_INVOICES = 4
# Working days of a month that see postings, January to December: winter slows the work down.
_SEASON = (2, 2, 3, 5, 6, 6, 6, 6, 6, 5, 4, 2)


@dataclass(frozen=True)
class Posting:
    """What the lines of one phase and cost type have in common.

    `cents` is what they add up to, `count` how many there are, `start` to `end` the days they fall on. `vendor` is
    whose order or subcontract the work is under (blank: anybody's), `order` and `contract` the number of that.
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
    vendor: str = ""
    order: str = ""
    contract: str = ""


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


class _Line(NamedTuple):
    """One line before it is text: what a reversal turns around, and the rest, ready to be copied. Hundredths all."""

    head: str
    cents: int
    quantity: int
    hours: int
    regular: int
    overtime: int
    rest: str

    def reversal(self) -> "_Line":
        """The line that takes this one back."""
        return _Line(self.head, -self.cents, -self.quantity, -self.hours, -self.regular, -self.overtime, self.rest)

    def text(self, sequence: int) -> str:
        """The line as COPY text, under a number of its own in the batch."""
        cents, quantity, hours = (
            money(self.cents),
            self.quantity and money(self.quantity),
            self.hours and money(self.hours),
        )
        paid = f"{money(self.regular)}\t{money(self.overtime)}" if self.regular else "0\t0"
        return f"{self.head}\t{cents}\t{quantity}\t{hours}\t{paid}\t{sequence}\t{self.rest}\n"


class _Invoice(NamedTuple):
    """A vendor's invoice: its number, its date and the day it was posted, as YYYYMMDD."""

    number: str
    dated: str
    posted: str


_Make = Callable[[int, int, float], _Line]


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
        self._by_code = {
            company: {vendor.code: vendor for group in groups.values() for vendor in group}
            for company, groups in vendors.items()
        }
        self._invoices: dict[tuple[str, ...], list[_Invoice]] = {}

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
        left = posting.cents
        make = self._time_cards(rng, posting, days) if posting.cost_type == "L" else self._costs(rng, posting, days)
        line, text = None, ""
        for number in range(posting.count):
            luck = chance()
            lines_left = posting.count - number
            if line is not None and luck < 0.012 and lines_left > 1:
                # The same line once more: legal, two equal time cards on a day. Or a line that takes it back.
                if luck >= 0.006:
                    line = line.reversal()
                    text = line.text(number + 1)
                left -= line.cents
                yield text
                continue
            # Two draws averaged make few postings at both ends and many in the middle: an S-curve of cost.
            place = int(span * (chance() + chance()) / 2)
            # Around what is left for each line, so that the last one, which takes the rest, is like the others.
            cents = int(left // lines_left * (0.4 + 1.2 * chance()))
            if chance() < 0.02:
                cents = -cents // 4
            if lines_left == 1:
                cents = left
            left -= cents
            line = make(place, cents, luck)
            text = line.text(number + 1)
            yield text

    def _time_cards(self, rng: random.Random, posting: Posting, days: list[str]) -> _Make:
        """Labor: what a crew was paid, some entries by hand."""
        chance = rng.random
        head = _head(posting, "HR")
        crew = [f"{who}\t{_company(posting.company)}" for who in rng.sample(self._employees, 8)]
        rate = rng.randint(38, 92) * 100

        def make(place: int, cents: int, luck: float) -> _Line:
            day = days[place]
            hours = cents * 100 // rate
            # Overhead and burden are spread over the hours without a time card.
            kind = "PR" if luck > 0.03 else ("JC" if luck > 0.015 else "OT")
            paid = hours if kind == "PR" else 0
            regular = max(-_REGULAR_HOURS, min(_REGULAR_HOURS, paid))
            rest = (
                f"TC{int(chance() * 1e7):07d}\tWE{day[2:]}\t{NOTHING}\t{self._batch}{kind}{day[2:6]}\t"
                f"{crew[int(chance() * 8)]}\t{_NO_PARTY}\t{_NO_SOURCE}"
            )
            return _Line(f"{head}\t{kind}\t{_dated(day)}", cents, 0, hours, regular, paid - regular, rest)

        return make

    def _costs(self, rng: random.Random, posting: Posting, days: list[str]) -> _Make:
        """Everything but labor: vendors' invoices, equipment, stock, journals."""
        chance = rng.random
        head = _head(posting, posting.unit)
        kinds = _KINDS[posting.cost_type]
        parties = self._parties(rng, posting) if kinds[-1][0] == "AP" else []
        texts = {"M": words.MATERIALS, "O": words.OTHERS}.get(
            posting.cost_type, ("Progress billing", NOTHING, "Invoice")
        )

        def make(place: int, cents: int, luck: float) -> _Line:
            day = days[place]
            for kind, upto in kinds:  # noqa: B007 - the last one stays
                if luck < upto:
                    break
            number = int(chance() * 1e7)
            party, source, second = _NO_PARTY, _NO_SOURCE, NOTHING
            if kind == "AP":
                party = parties[int(chance() * len(parties))]
                # The invoice is some days older than its posting.
                new = _Invoice(f"INV-{number % 1_000_000:06d}", days[max(0, place - 4)], day)
                owner = (party, posting.job, posting.contract) if posting.contract else (party,)
                invoice, order = self._invoice(owner, new, number, days), NOTHING
                day = invoice.posted
                if posting.order and party == parties[0] and number % 3:
                    order = posting.order
                second = f"VCH{number:07d}"
                source = f"{invoice.number}\t{invoice.dated}\t{order}\t{_NO_STORE}"
            elif kind == "EQ":
                second = f"EQ-{101 + number % 40}"
                source = f"{_NO_INVOICE}\t{_company(posting.company)}\t{NOTHING}\t{NOTHING}\t{NOTHING}"
            elif kind == "IC":
                item = words.MATERIALS[number % len(words.MATERIALS)]
                second = f"TKT{number % 100_000:05d}"
                store = f"{_company(posting.company)}\tITEM{number % len(words.MATERIALS) + 101}\t{escape(item)}"
                source = f"{_NO_INVOICE}\t{NOTHING}\t{store}"
            text = texts[int(chance() * len(texts))]
            rest = (
                f"{kind}{number:07d}\t{second}\t{text}\t{self._batch}{kind}{day[2:6]}\t"
                f"{_NO_EMPLOYEE}\t{party}\t{source}"
            )
            return _Line(f"{head}\t{kind}\t{_dated(day)}", cents, cents // 4000 * 100, 0, 0, 0, rest)

        return make

    def _invoice(self, owner: tuple[str, ...], new: _Invoice, number: int, days: list[str]) -> _Invoice:
        """The invoice of a posting: the new one, or one of the owner's last ones."""
        last = self._invoices.setdefault(owner, [])
        place = number // 8 % _LAST_INVOICES
        if number % 8 < _JOINED_OF_EIGHT:
            for found in last[place:] + last[:place]:
                if days[0] <= found.dated and found.posted <= days[-1]:
                    return found
        if len(last) < _LAST_INVOICES:
            last.append(new)
        else:
            last[place] = new
        return new

    def _parties(self, rng: random.Random, posting: Posting) -> list[str]:
        """A subcontractor, or four vendors; now and then one that another company of the owner keeps.

        Whose order or subcontract it is comes first.
        """
        chosen = []
        for place in range(1 if posting.cost_type == "S" else 4):
            others = [company for company in self._vendors if company != posting.company]
            foreign = others and rng.randrange(_FOREIGN_VENDORS) == 0
            company = rng.choice(others) if foreign else posting.company
            vendor = rng.choice(self._vendors[company][posting.cost_type])
            if place == 0 and posting.vendor:
                company = posting.company
                vendor = self._by_code[company][posting.vendor]
            chosen.append(
                f"{pad(TRANSACTIONS, 'Vendor_Code', vendor.code)}\t{escape(vendor.name)}\t{_company(company)}"
            )
        return chosen


def escape(text: str) -> str:
    """Return a text as PostgreSQL's COPY text format writes it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _head(posting: Posting, unit: str) -> str:
    codes = (
        pad(TRANSACTIONS, "Company_Code", posting.company),
        pad(TRANSACTIONS, "Job_Number", posting.job, posting.trailing),
        pad(TRANSACTIONS, "Phase_Code", posting.phase),
        pad(TRANSACTIONS, "Cost_Type", posting.cost_type),
        pad(TRANSACTIONS, "Cost_Center", posting.cost_center),
    )
    return "\t".join((*codes, unit or NOTHING, *map(str, _NEVER_READ.values())))


def _dated(day: str) -> str:
    """The day with its fiscal year and period: the fiscal year is the calendar's."""
    return f"{day}\t{day[:4]}\t{day[4:6]}"


def _company(code: str) -> str:
    return pad(TRANSACTIONS, "Company_Code", code)


def _employee(number: int) -> str:
    rng = random.Random(f"employee/{number}")
    name = f"{rng.choice(words.LAST_NAMES)}, {rng.choice(words.FIRST_NAMES)}"
    return f"{pad(TRANSACTIONS, 'Employee_Code', str(2001 + number))}\t{escape(name)}"
