"""The benchmarks: what they compare and write down, and that a small run comes to its end."""

import subprocess
import sys

import psycopg
import pytest

from benchmarks.content import compare_copy
from benchmarks.measure import ROOT
from benchmarks.report import Report, Table
from sandbox.data.generate import load

_COPY = """
create schema copied;
create table copied.jc_transaction_history_mc as select {columns} from dbo."JC_TRANSACTION_HISTORY_MC"
"""


@pytest.fixture
def copied(sandbox_database):
    load(sandbox_database, jobs=4, transactions=300, companies=("1",), flaws=False)
    with psycopg.connect(sandbox_database) as connection:
        names = connection.execute(
            "select column_name from information_schema.columns where table_name = 'JC_TRANSACTION_HISTORY_MC'"
        ).fetchall()
        columns = ", ".join(f'"{name}" as {name.lower()}' for (name,) in names)
        connection.execute(_COPY.format(columns=columns))
    return sandbox_database


def _change(url, statement):
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def test_an_unchanged_copy_is_equal_to_its_source(copied):
    found = compare_copy(copied, copied, "copied", exact=True)
    assert (found.rows, found.missing, found.surplus) == (300, 0, 0)
    assert str(found) == "all 300 rows equal"


def test_a_row_that_is_there_twice_counts_as_one_too_many(copied):
    _change(
        copied, "insert into copied.jc_transaction_history_mc select * from copied.jc_transaction_history_mc limit 1"
    )
    found = compare_copy(copied, copied, "copied", exact=True)
    assert (found.missing, found.surplus) == (0, 1)


def test_a_changed_row_is_missing_once_and_wrong_once(copied):
    _change(
        copied,
        "update copied.jc_transaction_history_mc set tran_amount = tran_amount + 0.01"
        " where ctid = (select min(ctid) from copied.jc_transaction_history_mc)",
    )
    found = compare_copy(copied, copied, "copied", exact=True)
    assert (found.missing, found.surplus) == (1, 1)


def test_padding_matters_in_the_exact_comparison_only(copied):
    _change(copied, "update copied.jc_transaction_history_mc set job_number = btrim(job_number)")
    assert not compare_copy(copied, copied, "copied", exact=True).equal
    assert compare_copy(copied, copied, "copied", exact=False).equal


def test_the_report_marks_what_is_missed_and_says_where_it_went():
    report = Report("small")
    report.ratio("fast enough: at most 2 ×", 3.0, 2.0, 2.0)
    report.ratio("too slow: at most 2 ×", 5.0, 2.0, 2.0, "Reading takes 4.0 s.")
    report.tables.append(Table("Times", ("what", "seconds"), [["a|b", "1.0"]]))
    text = report.markdown()
    assert "| fast enough: at most 2 × | 1.50 × (3.0 s / 2.0 s) | met |" in text
    assert "| too slow: at most 2 × | 2.50 × (5.0 s / 2.0 s) | **missed** |" in text
    assert "- too slow: at most 2 ×: 2.50 × (5.0 s / 2.0 s). Reading takes 4.0 s." in text
    assert "| a\\|b | 1.0 |" in text


def test_an_unknown_case_is_refused_with_those_there_are():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "full,speed"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    cases = (
        "parse, calls, codes, full, incremental, growth, marts, wip, memory, exports, approvals, unchanged, page, demo"
    )
    assert f"no case speed; there are {cases}" in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_small_run_measures_and_writes_its_report(tmp_path):
    output = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "parse,calls,codes", "--codes", "1000"]
    done = subprocess.run([*command, "--output", str(output)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text = output.read_text()
    assert "DAG files" in text
    assert "jobs' phases by GetPhaseEnhanced" in text
    assert "project cost codes by Info-Link" in text
