"""A2. CHAR(0) over TDS: it costs that character, or the row whose key holds it, and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from infolink_rows import SUBJECTS
from staging_harness import Warehouse
from transactions_harness import SOURCE, STAGED, copied, posting, seed

from sandbox.faults import Faults
from sandbox.infolink.sqltypes import NUL
from spectrum_etl.model.run import Scope
from spectrum_etl.staging import check as checking
from tests.repeats import repeats

SUBJECT = SUBJECTS["jobs"]


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


@pytest.fixture(autouse=True)
def _char_zero(warehouse: Warehouse) -> Iterator[None]:
    """The stand-in sends CHAR(0) where it holds its symbol."""
    faults = Faults(_url(warehouse))
    faults.set("infolink_nul")
    yield
    faults.clear()
    faults.close()


def _url(warehouse: Warehouse) -> str:
    info = warehouse.spectrum.connection.info
    return f"host={info.host} port={info.port} dbname={info.dbname} user={info.user} password={info.password}"


def _check(warehouse: Warehouse, table: str) -> list[tuple[Any, ...]]:
    return warehouse.query(
        "select status, rows_failed, column_names, message, examples from sync.checks where landing_id = (select"
        " max(landing_id) from sync.landings) and table_name = %s and check_name = 'characters_fit'",
        table,
    )


@pytest.fixture(params=repeats(["lines", "columns"]))
def beside(request: pytest.FixtureRequest) -> str:
    """A text beside the one with CHAR(0): with the separator of lines in it, rows are read column by column."""
    return "unit\x1fseparator" if request.param == "columns" else "plain"


def test_a_character_is_taken_out_of_a_text_and_noted(warehouse: Warehouse, beside: str) -> None:
    job = {number: SUBJECT.job(number) for number in range(1, 5)}
    warehouse.spectrum.add(SUBJECT.source_table, *(SUBJECT.row(number) for number in job))
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": job[1]}, Job_Description=f"North{NUL}Tower{NUL}")
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": job[2]}, City=NUL, Job_Description=beside)
    counts = warehouse.sync("jobs")["jobs"]
    assert (counts.source, counts.staged, counts.rejected) == (4, 4, 0)
    rows = warehouse.query("select job_number, job_description, city from spectrum.jobs order by job_number")
    assert (rows[0][1], rows[1][1:]) == ("NorthTower", (beside, None))
    ((status, values, columns, message, examples),) = _check(warehouse, "jobs")
    assert (status, values, columns) == ("warned", 2, ["city", "job_description"])
    assert "taken out of 2 values (city in 1 rows, job_description in 1 rows)" in message
    assert f"the first of job_number {job[2]}, company_code 1" in message
    assert {(one["job_number"], one["column_name"], one["value"]) for one in examples} == {
        (job[1], "job_description", "North\u2400Tower\u2400"),
        (job[2], "city", "\u2400"),
    }
    # The same again: nothing changed.
    assert warehouse.sync("jobs")["jobs"].changed == 0
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": job[1]}, Job_Description="North Tower")
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": job[2]}, City="Reno")
    assert warehouse.sync("jobs")["jobs"].changed == 2
    assert _check(warehouse, "jobs") == []


def test_a_key_with_such_a_character_is_rejected(warehouse: Warehouse, beside: str) -> None:
    """Never taken out of a key: A1 with CHAR(0) is another job than A1, and nobody can say which. None is deleted."""
    warehouse.spectrum.add(SUBJECT.source_table, *(SUBJECT.row(number) for number in range(1, 4)))
    first, second = SUBJECT.job(1), SUBJECT.job(2)
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": SUBJECT.job(3)}, Job_Description=beside)
    warehouse.sync("jobs")
    warehouse.spectrum.change(SUBJECT.source_table, {"Job_Number": second}, Job_Number=f"{first}{NUL}")
    counts = warehouse.sync("jobs")["jobs"]
    assert (counts.source, counts.staged, counts.rejected) == (3, 2, 1)
    (rejected,) = warehouse.look("jobs").rejected
    assert (rejected["column_name"], rejected["value"]) == ("job_number", f"{first}\u2400")
    assert "holds a character that PostgreSQL or XML cannot hold" in rejected["reason"]
    assert rejected["source_row"]["job_number"].strip() == f"{first}\u2400"
    seen = warehouse.look("jobs")
    row = seen.row({"job_number": first})
    assert row is not None
    assert (row["_deleted_at"], row["_rejected_at"]) == (None, None)
    kept = seen.row({"job_number": second})
    assert kept is not None
    assert (kept["_deleted_at"], kept["_rejected_at"]) == (None, seen.rejected[0]["rejected_at"])
    # Listed once, and resolved once it is mended.
    warehouse.sync("jobs")
    assert [one["rejected_id"] for one in warehouse.look("jobs").rejected] == [rejected["rejected_id"]]
    warehouse.spectrum.connection.execute(
        'update dbo."JC_JOB_MASTER_MC" set "Job_Number" = %s where strpos("Job_Number", %s) > 0', [second, NUL]
    )
    assert warehouse.sync("jobs")["jobs"].rejected == 0
    kept = warehouse.look("jobs").row({"job_number": second})
    assert kept is not None
    assert (kept["_deleted_at"], kept["_rejected_at"]) == (None, None)


def test_transactions_with_such_characters(warehouse: Warehouse, beside: str) -> None:
    """Descriptions are cleaned, amounts stay; postings whose job, phase or date holds one are rejected."""
    spectrum = warehouse.spectrum
    seed(spectrum)
    spectrum.add(
        SOURCE,
        posting("J1", "20260503", "1.00", Description=f"Con{NUL}crete", Reference_1=f"R{NUL}1"),
        posting("J1", "20260504", "2.00", Description=beside),
        posting(f"J{NUL}1", "20260503", "4.00"),
        posting(f"J{NUL}1", "20260603", "8.00"),
        posting("J2", f"2026{NUL}503", "16.00"),
        posting("J2", "20260505", "32.00", Phase_Code=f"{'P1' + NUL:>20}"),
    )
    for scope in (Scope("1"), Scope("1", full_refresh=True)):
        counts = warehouse.sync("job_costs", scope)[STAGED]
        assert (counts.source, counts.staged, counts.rejected, counts.deferred) == (66, 62, 4, 0)
        rows = warehouse.query(
            "select description, reference_1 from spectrum.job_cost_transactions where _month = '202605'"
            " order by tran_date"
        )
        assert rows[0] == ("Concrete", "R1")
        assert rows[1][0] == beside
        rejected = {(row["column_name"], row["value"]) for row in warehouse.look(STAGED).rejected}
        assert rejected == {
            ("job_number", "J\u24001"),
            ("tran_date", "2026\u2400503"),
            ("phase_code", "P1\u2400"),
        }
        ((status, values, _, message, _),) = _check(warehouse, STAGED)
        assert (status, values) == ("warned", 2)
        assert "job_number J1" in message
        assert "tran_date 20260503" in message
    # Nothing changed: nothing is copied. One that changes is found again at the source, by its own spelling.
    assert (warehouse.sync("job_costs")[STAGED].landed, copied(warehouse)) == (0, 0)
    spectrum.change(SOURCE, {"Job_Number": f"J{NUL}1", "Tran_Date_Text": "20260603"}, Job_Number=f"{'J3':>10}")
    counts = warehouse.sync("job_costs")[STAGED]
    assert (counts.new, counts.rejected, counts.deferred) == (1, 3, 0)
    spectrum.change(SOURCE, {"Job_Number": f"J{NUL}1", "Tran_Date_Text": "20260503"}, Tran_Amount="5.00")
    counts = warehouse.sync("job_costs")[STAGED]
    assert (counts.landed, counts.new, counts.rejected, counts.deferred) == (1, 0, 3, 0)


def test_amounts_that_nobody_took_name_their_jobs(warehouse: Warehouse) -> None:
    """The list of what a query leaves out is kept as JSON, which cannot hold CHAR(0) either."""
    phase = SUBJECTS["budgets"]
    warehouse.spectrum.add(phase.source_table, phase.row(1))
    from infolink_rows import source_row

    lost = source_row("JC_PHASE_ESTIMATES_MC", 2, Phase_Code=f"{'P' + NUL:>20}")
    warehouse.spectrum.add("JC_PHASE_ESTIMATES_MC", lost)
    counts = warehouse.sync("budgets")
    assert counts["budgets"].staged == 1
    examples = warehouse.query("select examples::text from sync.checks where examples::text like '%%P\u2400%%'")
    assert len(examples) == 1
