"""The cases of the conformance list of snapshot tables: what holds of each after the story in `snapshot_story.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from infolink_rows import SUBJECTS, Subject
from snapshot_story import (
    BACK,
    BEHIND,
    BESIDE_UNREADABLE,
    BLANKS,
    CENTS,
    CHANGED,
    CLASH,
    COPIES,
    FITS,
    GONE,
    INSIDE,
    KEY,
    LARGEST,
    MENDED,
    NAMELESS,
    NEGATIVE,
    NEW_KEY,
    OTHER_COMPANY_ROWS,
    OUTSIDE,
    PLAIN,
    REJECTED_THEN_GONE,
    TOO_BIG,
    UNICODE,
    UNICODE_TEXT,
    UNREADABLE_ELSEWHERE,
    WRONG_TYPE,
    Story,
)
from staging_harness import Seen, problems

Case = Callable[[Story, Subject], None]
WHOLE = ("first", "unchanged", "changed", "mended", "unreadable", "lacking", "empty")

#: By name: each case, and whether a table has what it is about.
CASES: dict[str, tuple[Case, Callable[[Subject], Any]]] = {}


def case(applies: Callable[[Subject], Any] = lambda subject: True) -> Callable[[Case], Case]:
    """Put a case on the list of every table that it applies to."""

    def keep(function: Case) -> Case:
        CASES[function.__name__] = (function, applies)
        return function

    return keep


@case()
def always_source_is_staged_plus_rejected(story: Story, subject: Subject) -> None:
    for step in WHOLE:
        seen = story[step].tables[subject.name]
        assert problems(seen, subject.name, ("company_code", *subject.key_sources)) == [], step
        counts = story[step].counts[subject.name]
        assert (counts.source, counts.rejected) == (seen.source.total(), len(seen.rejected)), step
        assert counts.staged == seen.staged.total(), step


@case()
def padded_codes(story: Story, subject: Subject) -> None:
    for number in (PLAIN, BEHIND):
        first, then = (story[step].tables[subject.name].row(subject.key(number)) for step in ("first", "unchanged"))
        assert first is not None
        assert first == then
        codes = [first[column.name] for column in subject.table.columns if column.type == "code"]
        assert all(code is None or (code and code == code.strip()) for code in codes)
        assert first["company_code"] == "1"


@case()
def blanks_are_null(story: Story, subject: Subject) -> None:
    row = story["first"].tables[subject.name].row(subject.key(BLANKS))
    assert row is not None
    own = [c for c in subject.table.columns if not c.key and subject.source_of(c)]
    optional = [c for c in own if not c.required and c.blank != "zero"]
    assert {row[column.name] for column in optional} <= {None}


@case()
def unchanged_run_writes_nothing(story: Story, subject: Subject) -> None:
    first, then = story["first"], story["unchanged"]
    counts = then.counts[subject.name]
    assert (counts.new, counts.changed, counts.deleted) == (0, 0, 0)
    assert then.tables[subject.name].marks == first.tables[subject.name].marks
    assert then.tables[subject.name].history == []


@case()
def a_run_writes_only_what_differs(story: Story, subject: Subject) -> None:
    before, after = (story[step].tables[subject.name] for step in ("unchanged", "changed"))
    same = [number for number in (PLAIN, BEHIND, BLANKS, INSIDE, OUTSIDE) if after.row(subject.key(number))]
    for number in same:
        assert after.row(subject.key(number)) == before.row(subject.key(number))


@case()
def changed_row(story: Story, subject: Subject) -> None:
    before, after = (story[step].tables[subject.name] for step in ("first", "changed"))
    old, new = before.row(subject.key(CHANGED)), after.row(subject.key(CHANGED))
    assert old is not None
    assert new is not None
    assert new[subject.changing.name] in ("Changed", Decimal("4321.09"))
    assert new["_changed_at"] == story["changed"].read_at
    (version,) = after.versions(subject.key(CHANGED))
    assert version[subject.changing.name] == old[subject.changing.name]
    assert (version["_valid_from"], version["_valid_to"]) == (old["_changed_at"], new["_changed_at"])


@case()
def key_change(story: Story, subject: Subject) -> None:
    seen = story["changed"].tables[subject.name]
    old, new = seen.row(subject.key(KEY)), seen.row(subject.key(NEW_KEY))
    assert old is not None
    assert old["_deleted_at"] == story["changed"].read_at
    assert new is not None
    assert new["_deleted_at"] is None
    assert len(seen.versions(subject.key(KEY))) == 1


@case()
def duplicate_keys(story: Story, subject: Subject) -> None:
    seen, before = story["changed"].tables[subject.name], story["unchanged"].tables[subject.name]
    (copy,) = seen.rejections(subject.key(COPIES))
    assert "holds this row 2 times" in copy["reason"]
    assert seen.row(subject.key(COPIES)) == before.row(subject.key(COPIES)), "one of the copies is staged as it was"
    clashes = seen.rejections(subject.key(CLASH))
    assert ["2 different rows" in row["reason"] for row in clashes] == [True, True]
    _assert_kept(seen, before, subject.key(CLASH), story["changed"].read_at)
    after = story["mended"].tables[subject.name]
    for number in (COPIES, CLASH):
        assert after.rejections(subject.key(number)) == []
        assert _state(after, subject.key(number)) == (True, None, None)
        assert after.versions(subject.key(number)) == [], "no version was ever superseded"


@case(lambda subject: subject.text)
def unicode_text(story: Story, subject: Subject) -> None:
    row = story["changed"].tables[subject.name].row(subject.key(UNICODE))
    assert row is not None
    assert subject.text is not None
    assert row[subject.text.name] == UNICODE_TEXT


@case(lambda subject: subject.amounts)
def amounts_that_fit(story: Story, subject: Subject) -> None:
    seen = story["changed"].tables[subject.name]
    for column in subject.amounts:
        for number, amount in ((NEGATIVE, -LARGEST), (FITS, LARGEST)):
            row = seen.row(subject.key(number))
            assert row is not None
            assert row[column.name] == amount
            assert row["_rejected_at"] is None


@case(lambda subject: subject.amounts)
def amounts_that_do_not_fit(story: Story, subject: Subject) -> None:
    seen, before = (story[step].tables[subject.name] for step in ("changed", "unchanged"))
    for number, value in ((TOO_BIG, "1000000000000.0000"), (CENTS, "1.0050")):
        (rejected,) = seen.rejections(subject.key(number))
        assert rejected["value"] == value
        assert rejected["column_name"] == subject.amounts[0].name
        assert "at most 12 digits before the point and 2 after it" in rejected["reason"]
        _assert_kept(seen, before, subject.key(number), story["changed"].read_at)
        assert _state(story["mended"].tables[subject.name], subject.key(number)) == (True, None, None)


@case(lambda subject: subject.labels or subject.added_up)
def what_nobody_entered_rejects_nothing(story: Story, subject: Subject) -> None:
    """A blank label is null and an amount that figures add up is 0, each with a warning that counts the rows."""
    row = story["changed"].tables[subject.name].row(subject.key(NAMELESS))
    assert row is not None
    assert {row[column.name] for column in subject.labels} <= {None}
    assert {row[column.name] for column in subject.added_up} <= {Decimal(0)}
    checks = story["changed"].checks[subject.name]
    for column in subject.labels:
        assert checks[f"{column.name}_present"] == ("warning", "warned", 1)
    if subject.added_up:
        assert checks["amounts_present"] == ("warning", "warned", 1)
        assert story["first"].checks[subject.name]["amounts_present"] == ("warning", "passed", 0)


@case(lambda subject: subject.typed)
def wrong_type_in_one_row(story: Story, subject: Subject) -> None:
    seen, before = (story[step].tables[subject.name] for step in ("mended", "changed"))
    assert subject.typed is not None
    (rejected,) = seen.rejections(subject.key(WRONG_TYPE))
    assert (rejected["column_name"], rejected["value"]) == (subject.typed.name, "abc")
    _assert_kept(seen, before, subject.key(WRONG_TYPE), story["mended"].read_at)
    assert (subject.source_of(subject.typed), "type") in seen.drift
    assert seen.row(subject.key(PLAIN)) == before.row(subject.key(PLAIN)), "the other rows do not care"
    mended = story["unreadable"].tables[subject.name]
    row = mended.row(subject.key(WRONG_TYPE))
    assert row is not None
    assert row[subject.typed.name] is not None
    assert row["_rejected_at"] is None


@case(lambda subject: subject.optional)
def missing_optional_column(story: Story, subject: Subject) -> None:
    seen = story["lacking"].tables[subject.name]
    assert subject.optional is not None
    assert (subject.source_of(subject.optional), "missing") in seen.drift
    assert {row[subject.optional.name] for row in seen.rows if row["_deleted_at"] is None} == {None}
    if "narrowed" in story.steps:
        after = story["narrowed"].tables[subject.name]
        assert (subject.source_of(subject.optional), "missing") not in after.drift, "it is back: resolved"


@case(lambda subject: any(one.needed for one in SUBJECTS.values() if one.object is subject.object))
def missing_required_column(story: Story, subject: Subject) -> None:
    stopped = story["required_missing"]
    ours = (one for one in SUBJECTS.values() if one.object is subject.object)
    expected = next(one.source_of(one.needed) for one in ours if one.needed)
    assert stopped.error is not None
    assert expected in str(stopped.error), "M4: a clear error names the column"
    before = story.steps.get("narrowed", story["lacking"])
    assert stopped.tables[subject.name].marks == before.tables[subject.name].marks
    assert stopped.runs[subject.name]["state"] == "stopped"
    assert expected in stopped.runs[subject.name]["message"]


@case()
def new_column(story: Story, subject: Subject) -> None:
    assert ("Brand_New", "new") not in story["unchanged"].tables[subject.name].drift
    for step in ("changed", "mended", "unreadable"):
        assert ("Brand_New", "new") in story[step].tables[subject.name].drift


@case()
def deleted_row(story: Story, subject: Subject) -> None:
    before, after = (story[step].tables[subject.name] for step in ("unchanged", "changed"))
    key, read_at = subject.key(BACK), story["changed"].read_at
    assert _state(after, key) == (True, read_at, None)
    old = before.row(key)
    assert old is not None
    (version,) = after.versions(key)
    assert (version["_valid_from"], version["_valid_to"]) == (old["_changed_at"], read_at)
    assert after.staged.total() < before.staged.total()


@case()
def deleted_then_back(story: Story, subject: Subject) -> None:
    seen = story["mended"].tables[subject.name]
    key, read_at = subject.key(BACK), story["mended"].read_at
    row = seen.row(key)
    assert row is not None
    assert (row["_deleted_at"], row["_changed_at"]) == (None, read_at), "it was not there in between"
    assert len(seen.versions(key)) == 1


@case(lambda subject: subject.rejecting)
def rejected_row_keeps_its_last_good_version(story: Story, subject: Subject) -> None:
    assert subject.rejecting is not None
    column, _, reason = subject.rejecting
    seen, before = (story[step].tables[subject.name] for step in ("changed", "unchanged"))
    for number in (MENDED, REJECTED_THEN_GONE):
        (rejected,) = seen.rejections(subject.key(number))
        assert rejected["column_name"] == column.name
        assert reason in rejected["reason"]
        if subject.table.names_job and not subject.table.by_job:
            assert rejected["job_number"] == subject.job(number), "known by something else, and listed with its job"
        _assert_kept(seen, before, subject.key(number), story["changed"].read_at)
        assert seen.versions(subject.key(number)) == []
    after = story["mended"].tables[subject.name]
    assert _state(after, subject.key(MENDED)) == (True, None, None)
    assert _state(after, subject.key(REJECTED_THEN_GONE)) == (True, story["mended"].read_at, None)
    assert after.rejections(subject.key(MENDED)) == after.rejections(subject.key(REJECTED_THEN_GONE)) == []


@case()
def unreadable_key_infers_no_deletion_in_its_scope(story: Story, subject: Subject) -> None:
    seen, read_at = story["unreadable"].tables[subject.name], story["unreadable"].read_at
    assert [row["row_key"] for row in seen.rejected] == [None]
    assert _state(seen, subject.key(BESIDE_UNREADABLE)) == (True, None, read_at), "it may be the unreadable one"
    elsewhere = (True, read_at, None) if subject.rows_know_their_job else (True, None, read_at)
    assert _state(seen, subject.key(UNREADABLE_ELSEWHERE)) == elsewhere
    after = story["lacking"].tables[subject.name]
    for number in (BESIDE_UNREADABLE, UNREADABLE_ELSEWHERE):
        deleted = _state(after, subject.key(number))[1]
        assert isinstance(deleted, datetime), "now it is certain"
        assert after.row(subject.key(number))["_rejected_at"] is None  # type: ignore[index]
    assert after.rejected == []


@case(lambda subject: subject.object.by_job)
def narrowed_run_touches_nothing_outside(story: Story, subject: Subject) -> None:
    before, after = (story[step].tables[subject.name] for step in ("lacking", "narrowed"))
    inside = after.row(subject.key(INSIDE))
    assert inside is not None
    assert inside[subject.changing.name] in ("Changed", Decimal("4321.09"))
    for number in (OUTSIDE, GONE, PLAIN):
        assert after.row(subject.key(number)) == before.row(subject.key(number))
    written = after.marks - before.marks
    assert written.total() == 2, "the row inside and its past version, nothing else"
    assert story["narrowed"].runs[subject.name]["narrowed"]


@case()
def history_gives_every_moment_back(story: Story, subject: Subject) -> None:
    """M1: the versions view, as of each sync, holds the rows that were alive then, flagged ones included."""
    names = [column.name for column in subject.table.columns]
    for step in story.steps.values():
        if step.error:
            continue
        then = [
            row
            for row in story.versions[subject.name]
            if row["_valid_from"] <= step.read_at and (row["_valid_to"] is None or row["_valid_to"] > step.read_at)
        ]
        alive = [row for row in step.tables[subject.name].rows if row["_deleted_at"] is None]
        assert Counter(tuple(row[n] for n in names) for row in then) == Counter(
            tuple(row[n] for n in names) for row in alive
        )


@case()
def empty_answer_is_guarded(story: Story, subject: Subject) -> None:
    steps = list(story.steps)
    stopped, before = story["guarded"], story[steps[steps.index("guarded") - 1]].tables[subject.name]
    assert stopped.error is not None
    assert "max_deleted_rows" in str(stopped.error)
    assert stopped.tables[subject.name].marks == before.marks
    assert stopped.runs[subject.name]["state"] == "stopped"


@case()
def empty_answer(story: Story, subject: Subject) -> None:
    before, after = (story[step].tables[subject.name] for step in ("guarded", "empty"))
    living = [row for row in before.rows if row["_deleted_at"] is None]
    assert living
    assert story["empty"].counts[subject.name].deleted == len(living)
    assert all(row["_deleted_at"] is not None for row in after.rows)
    assert len(after.history) == len(before.history) + len(living)


@case()
def companies_do_not_touch_each_other(story: Story, subject: Subject) -> None:
    others = story["first"].tables[subject.name].other_marks
    assert others.total() == len(OTHER_COMPANY_ROWS)
    for step, seen in story.steps.items():
        assert seen.tables[subject.name].other_marks == others, step


def _assert_kept(seen: Seen, before: Seen, key: dict[str, str], since: datetime) -> None:
    """The row stands as it did before, flagged, and does not look deleted."""
    row, old = seen.row(key), before.row(key)
    assert row is not None
    assert row == {**(old or {}), "_rejected_at": since}


def _state(seen: Seen, key: dict[str, str]) -> tuple[bool, datetime | None, datetime | None]:
    """Whether the row is staged, since when it is deleted, since when its source version is rejected."""
    row = seen.row(key)
    return (False, None, None) if row is None else (True, row["_deleted_at"], row["_rejected_at"])
