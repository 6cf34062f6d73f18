"""A month of business and the benchmark's changes do what they report, and repeat for a seed."""

from typing import Any

import psycopg
import pytest

from sandbox.cli import main
from sandbox.data.generate import load
from sandbox.data.month import advance_month
from sandbox.data.touch import touch
from tests.repeats import repeats

SNAPSHOT = 'CREATE TABLE public.before AS SELECT * FROM dbo."JC_TRANSACTION_HISTORY_MC"'
LOST = """SELECT count(*) FROM (SELECT * FROM public.before
          EXCEPT ALL SELECT * FROM dbo."JC_TRANSACTION_HISTORY_MC") AS lost"""
GAINED = """SELECT count(*) FROM (SELECT * FROM dbo."JC_TRANSACTION_HISTORY_MC"
            EXCEPT ALL SELECT * FROM public.before) AS gained"""
COUNT = 'SELECT count(*) FROM dbo."JC_TRANSACTION_HISTORY_MC" WHERE '


def value(url: str, statement: str) -> Any:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_month_changes_what_it_counts(sandbox_database: str) -> None:
    """M1, M2: new, late, back-dated, reversed, edited and deleted postings, in exactly the reported numbers."""
    load(sandbox_database, jobs=50, transactions=10_000)
    value(sandbox_database, SNAPSHOT)
    jobs = value(sandbox_database, 'SELECT count(*) FROM "JC_JOB_MASTER_MC"')
    counts = advance_month(sandbox_database)
    assert counts.month == "202607"
    assert value(sandbox_database, 'SELECT count(*) FROM "JC_JOB_MASTER_MC"') == jobs + counts.new_jobs == jobs + 3
    added = (
        counts.new_transactions
        + counts.late_transactions
        + counts.back_dated_transactions
        + counts.reversed_transactions
    )
    total = value(sandbox_database, 'SELECT count(*) FROM "JC_TRANSACTION_HISTORY_MC"')
    assert total == 10_005 + added - counts.deleted_transactions
    # A row can be drawn twice (edited, then deleted): at most the sum, and at least one of each.
    lost = value(sandbox_database, LOST)
    edited = counts.edited_texts + counts.edited_amounts
    assert max(edited, counts.deleted_transactions) <= lost <= edited + counts.deleted_transactions
    assert min(vars(counts).values(), key=lambda number: int(number)) > 0  # type: ignore[type-var]
    newest = value(
        sandbox_database, 'SELECT count(*) FROM dbo."JC_TRANSACTION_HISTORY_MC" WHERE "Tran_Date_Text" LIKE \'202607%\''
    )
    assert newest == counts.new_transactions + counts.reversed_transactions
    back = COUNT + """"Batch_Code" = 'BACK' AND "Tran_Date_Text" < '202606'"""
    assert value(sandbox_database, back) > 0
    assert value(sandbox_database, COUNT + """"Reference_1" LIKE 'FLAW%'""") == 5


@pytest.mark.slow
def test_months_follow_one_another_and_repeat_for_a_seed(sandbox_database: str) -> None:
    def play() -> tuple[list[str], str]:
        load(sandbox_database, jobs=20, transactions=2_000)
        months = [advance_month(sandbox_database).month for _ in range(3)]
        digest = """SELECT md5(string_agg(tran::text, '' ORDER BY tran::text))
                    FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran"""
        return months, value(sandbox_database, digest)

    first = play()
    assert first[0] == ["202607", "202608", "202609"]
    assert play() == first


@pytest.mark.parametrize("spread", repeats(["uniform", "recent"]))
def test_touch_changes_the_share_where_asked(sandbox_database: str, spread: str) -> None:
    load(sandbox_database, jobs=30, transactions=10_000)
    value(sandbox_database, SNAPSHOT)
    counts = touch(sandbox_database, 0.02, spread)  # type: ignore[arg-type]
    assert 120 < counts.total < 280
    assert min(counts.edited_amounts, counts.edited_texts, counts.inserted, counts.deleted) > 0
    assert value(sandbox_database, LOST) == counts.edited_amounts + counts.edited_texts + counts.deleted
    assert value(sandbox_database, GAINED) == counts.edited_amounts + counts.edited_texts + counts.inserted
    oldest = value(
        sandbox_database,
        """SELECT min("Tran_Date_Text") FROM (SELECT * FROM public.before EXCEPT ALL
           SELECT * FROM dbo."JC_TRANSACTION_HISTORY_MC") AS lost""",
    )
    assert (oldest >= "20260501") == (spread == "recent")


def test_commands_print_counts_and_name_what_is_missing(
    sandbox_database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SANDBOX_DB_URL", raising=False)
    with pytest.raises(SystemExit, match="SANDBOX_DB_URL"):
        main(["month"])
    with pytest.raises(SystemExit, match="run `python -m sandbox load` first"):
        main(["month", "--database", sandbox_database])
    assert main(["load", "--jobs", "12", "--transactions", "500", "--database", sandbox_database]) == 0
    assert "JC_TRANSACTION_HISTORY_MC" in capsys.readouterr().out
    assert main(["month", "--database", sandbox_database]) == 0
    assert "deleted transactions" in capsys.readouterr().out
    assert main(["touch", "--share", "0.05", "--spread", "uniform", "--database", sandbox_database]) == 0
    assert "edited amounts" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"share=1\.5"):
        main(["touch", "--share", "1.5", "--database", sandbox_database])
