"""The life of a snapshot object in one warehouse: what each case needs happens to rows of its own, in common syncs.

A sync costs most of a second, so the cases of the conformance list share them; `test_snapshots.py` judges what was
observed after each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from infolink_rows import SUBJECTS, Row, Subject, padded_behind, source_row, stripped
from staging_harness import Observation, Warehouse, infolink_settings, without_checks

from spectrum_etl.model.run import Scope

# Each case's row. Rows of other numbers are there so that a case is not alone.
PLAIN, BEHIND, CHANGED, KEY, COPIES, CLASH, UNICODE, NEGATIVE, FITS, TOO_BIG = range(1, 11)
BACK, MENDED, REJECTED_THEN_GONE, WRONG_TYPE, BLANKS, BESIDE_UNREADABLE, UNREADABLE_ELSEWHERE = range(11, 18)
INSIDE, OUTSIDE, GONE, CENTS, NAMELESS = range(18, 23)
NEW_KEY = 50

OTHER_COMPANY_ROWS = (PLAIN, CHANGED, BACK, GONE)
#: The steps that Great Expectations checks, which has tests of its own: with good rows and with odd ones.
CHECKED = ("first", "changed")
UNICODE_TEXT = "Żółć ½ 日本 😀 'q' \"d\" %s\\N"
LARGEST = Decimal("999999999999.99")


@dataclass
class Story:
    """What was observed, step by step, and every version that the warehouse knows at the end, by table."""

    steps: dict[str, Observation] = field(default_factory=dict)
    versions: dict[str, list[Row]] = field(default_factory=dict)

    def __getitem__(self, step: str) -> Observation:
        return self.steps[step]


class Teller:
    """Lets one object live through every step.

    Args:
        object_name: the importable object.
        warehouse: fresh, beside an empty stand-in Spectrum.
    """

    def __init__(self, object_name: str, warehouse: Warehouse) -> None:
        self.name = object_name
        self.warehouse = warehouse
        self.spectrum = warehouse.spectrum
        self.subjects = [subject for subject in SUBJECTS.values() if subject.object.name == object_name]
        self.by_job = self.subjects[0].object.by_job
        self.story = Story()

    def tell(self) -> Story:
        """Everything, in order."""
        self._seed()
        self.warehouse.sync(self.name, Scope("2"))
        self._look("first")
        self._each(self._pad_otherwise)
        self._look("unchanged")
        self._each(self._business)
        self._look("changed")
        self._each(self._correct)
        self._look("mended")
        self._each(self._hide_a_key)
        self._look("unreadable")
        self._each(self._show_the_key)
        lacking = {s.name: (s.optional.name,) for s in self.subjects if s.optional}
        self._look("lacking", lacking=lacking)
        if self.by_job:
            self._each(self._touch_inside_and_outside)
            self._look("narrowed", Scope("1", jobs=(self.subjects[0].job(INSIDE),)))
            lacking = {}
        self._each(self._rename_required)
        away = {
            s.name: (*lacking.get(s.name, ()), *(s.with_derived(s.needed) if s.needed else ())) for s in self.subjects
        }
        if any(s.needed for s in self.subjects):
            self._look("required_missing", lacking=away, stopped=True)
        self._each(self._empty)
        self._look("guarded", lacking=lacking, stopped=True, max_deleted_rows=0)
        self._look("empty", Scope("1", allow_mass_delete=True), lacking=lacking, max_deleted_rows=0)
        self.story.versions = {s.name: self.warehouse.versions(s.name) for s in self.subjects}
        return self.story

    def _look(
        self,
        step: str,
        scope: Scope | None = None,
        *,
        lacking: Mapping[str, tuple[str, ...]] | None = None,
        stopped: bool = False,
        **settings: object,
    ) -> None:
        with contextlib.nullcontext() if step in CHECKED else without_checks():
            seen = self.warehouse.observe(self.name, scope, infolink_settings(**settings), lacking)
        if seen.error and not stopped:
            raise seen.error
        self.story.steps[step] = seen

    def _each(self, act: Callable[[Subject], None]) -> None:
        for subject in self.subjects:
            act(subject)

    def _seed(self) -> None:
        # The company has rows elsewhere too, so that the object's own table can be emptied without losing it.
        elsewhere = "JC_COST_TYPE_MASTER_MC" if self.name == "vendors" else "VN_VENDOR_MASTER_MC"
        self.spectrum.add(elsewhere, source_row(elsewhere, NAMELESS))
        for subject in self.subjects:
            for number in range(1, NAMELESS + 1):
                row = subject.row(number)
                if number == BEHIND:
                    row = padded_behind(row, subject.source_table)
                if number == BLANKS:
                    row |= _blank(subject)
                self.spectrum.add(subject.source_table, row)
            for number in OTHER_COMPANY_ROWS:
                self.spectrum.add(subject.source_table, subject.row(number, company="2"))
        if self.name == "budgets":
            self._add_changes_of_budgets()
        if self.name == "prime_contracts":  # a second contract of a job (I2)
            self.spectrum.add(
                "CR_CONTRACT_MASTER_MC", SUBJECTS["prime_contracts"].row(PLAIN, Customer_Code="    SECOND")
            )

    def _add_changes_of_budgets(self) -> None:
        """Adjustments and changes beside some budgets: several a phase, approved and not."""
        phase = ("Job_Number", "Phase_Code", "Cost_Type")
        for number in (PLAIN, CHANGED, INSIDE):
            budget = source_row("JC_PHASE_MASTER_MC", number)
            codes = {name: budget[name] for name in phase}
            for sequence in (1, 2):
                adjustment = source_row("JC_PHASE_ESTIMATES_MC", number * sequence, **codes)
                self.spectrum.add("JC_PHASE_ESTIMATES_MC", adjustment)
            for request, order, status in (("R1", "CO1", "P"), ("R2", "", "X"), ("R3", " ", "P")):
                names = {"Job_Number": codes["Job_Number"], "Change_Request_Number": request.rjust(8)}
                header = {**names, "Change_Order_Number": order, "Status": status}
                self.spectrum.add("CR_CHNG_REQ_HDR_MC", source_row("CR_CHNG_REQ_HDR_MC", number, **header))
                line = source_row("CR_CHNG_REQ_CON_DET_MC", number, **{**codes, **names})
                self.spectrum.add("CR_CHNG_REQ_CON_DET_MC", line)
        for status, kind in (("P", "3"), ("X", "2")):
            known = source_row("CR_CHNG_REQ_STATUS_MC", 1, Status_Code=status, CR_Type=kind)
            self.spectrum.add("CR_CHNG_REQ_STATUS_MC", known)

    def _pad_otherwise(self, subject: Subject) -> None:
        self._replace(subject, PLAIN, stripped(subject.row(PLAIN)))
        self._replace(subject, BEHIND, subject.row(BEHIND))

    def _business(self, subject: Subject) -> None:
        table, text = subject.source_table, subject.text
        for column in subject.amounts:
            self.spectrum.alter(table, "alter column {} type numeric(24,4)", subject.source_of(column))
        self.spectrum.alter(table, "add column {} varchar(5) default 'x'", "Brand_New")
        self._update(subject, CHANGED, _changed(subject))
        self._update(subject, KEY, {name: subject.row(NEW_KEY)[name] for name in subject.key_sources.values()})
        self.spectrum.add(table, stripped(subject.row(COPIES)))
        self.spectrum.add(table, subject.row(CLASH) | _changed(subject))
        if text:
            self._update(subject, UNICODE, {subject.source_of(text): UNICODE_TEXT})
        for column in subject.amounts:
            name = subject.source_of(column)
            self._update(subject, NEGATIVE, {name: -LARGEST})
            self._update(subject, FITS, {name: LARGEST})
            self._update(subject, TOO_BIG, {name: LARGEST + Decimal("0.01")})
            self._update(subject, CENTS, {name: Decimal("1.0050")})
        self._delete(subject, BACK)
        if subject.rejecting:
            column, value, _ = subject.rejecting
            for number in (MENDED, REJECTED_THEN_GONE):
                self._update(subject, number, {subject.source_of(column): value})
        nothing = {subject.source_of(c): " " for c in subject.labels}
        nothing |= {subject.source_of(c): None for c in subject.added_up}
        if nothing:
            self._update(subject, NAMELESS, nothing)

    def _correct(self, subject: Subject) -> None:
        table = subject.source_table
        self.spectrum.add(table, subject.row(BACK))
        for number in (MENDED, TOO_BIG, CENTS):
            self._replace(subject, number, subject.row(number))
        self._delete(subject, REJECTED_THEN_GONE)
        self._replace(subject, COPIES, subject.row(COPIES))
        self._replace(subject, CLASH, subject.row(CLASH))
        if subject.typed:
            name = subject.source_of(subject.typed)
            written = "using to_char({}, 'YYYY-MM-DD')" if subject.typed.type == "date" else "using {}::text"
            self.spectrum.alter(table, "alter column {} type varchar(40) " + written, name, name)
            self._update(subject, WRONG_TYPE, {name: "abc"})

    def _hide_a_key(self, subject: Subject) -> None:
        if subject.typed:
            name = subject.source_of(subject.typed)
            mended = subject.row(WRONG_TYPE)[name]  # the column holds texts now
            written = f"{mended:%Y-%m-%d}" if subject.typed.type == "date" else str(mended)
            self._update(subject, WRONG_TYPE, {name: written})
        self.spectrum.add(subject.source_table, subject.row(BESIDE_UNREADABLE, **{subject.inner_key_source: "   "}))
        self._delete(subject, BESIDE_UNREADABLE)
        self._delete(subject, UNREADABLE_ELSEWHERE)

    def _show_the_key(self, subject: Subject) -> None:
        self.spectrum.remove(subject.source_table, {subject.inner_key_source: ""})
        if subject.optional:
            self.spectrum.alter(
                subject.source_table, "rename column {} to {}", subject.source_of(subject.optional), "Taken_Away"
            )

    def _touch_inside_and_outside(self, subject: Subject) -> None:
        if subject.optional:
            self.spectrum.alter(
                subject.source_table, "rename column {} to {}", "Taken_Away", subject.source_of(subject.optional)
            )
        for number in (INSIDE, OUTSIDE):
            self._update(subject, number, _changed(subject))
        self._delete(subject, GONE)

    def _rename_required(self, subject: Subject) -> None:
        if subject.needed:
            name = subject.source_of(subject.needed)
            self.spectrum.alter(subject.source_table, "rename column {} to {}", name, "Away")

    def _empty(self, subject: Subject) -> None:
        if subject.needed:
            name = subject.source_of(subject.needed)
            self.spectrum.alter(subject.source_table, "rename column {} to {}", "Away", name)
        self.spectrum.remove(subject.source_table, {"Company_Code": "1"})

    def _where(self, subject: Subject, number: int) -> Row:
        return {"Company_Code": "1"} | {name: subject.row(number)[name] for name in subject.key_sources.values()}

    def _update(self, subject: Subject, number: int, values: Row) -> None:
        assert self.spectrum.change(subject.source_table, self._where(subject, number), **values) == 1

    def _delete(self, subject: Subject, number: int) -> None:
        assert self.spectrum.remove(subject.source_table, self._where(subject, number)) >= 1

    def _replace(self, subject: Subject, number: int, row: Row) -> None:
        self._delete(subject, number)
        self.spectrum.add(subject.source_table, row)


class Stories:
    """Every object's story, told once and only when asked for."""

    def __init__(self, new_warehouse: Callable[[], Warehouse]) -> None:
        self._new_warehouse = new_warehouse
        self._told: dict[str, Story | Exception] = {}

    def of(self, subject: Subject) -> Story:
        name = subject.object.name
        if name not in self._told:
            try:
                self._told[name] = Teller(name, self._new_warehouse()).tell()
            except Exception as error:  # noqa: BLE001  every case of the object fails of it, not the first alone
                self._told[name] = error
        told = self._told[name]
        if isinstance(told, Exception):
            raise told
        return told


def _changed(subject: Subject) -> Row:
    """Another value in the column that changes."""
    return {subject.source_of(subject.changing): "Changed" if subject.changing.type == "text" else Decimal("4321.09")}


def _blank(subject: Subject) -> Row:
    """Nothing in every column that may hold nothing: NULL, or blanks in texts."""
    columns = [
        c for c in subject.table.columns if not c.key and not c.required and c.blank != "zero" and subject.source_of(c)
    ]
    return {subject.source_of(c): "  " if c.type in ("code", "text") else None for c in columns}
