"""Every query of docs/marts.md runs as an analyst and answers its question (M1, M5, M6)."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from closed_by_hand import ClosedByHand
from marts_world import fresh_world, late_posting

from sandbox.data.month import advance_month
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.marts.spec import MARTS
from stack.postgres import EmbeddedPostgres

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "marts.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^### (.+?)\n.*?^```sql\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def warehouse(postgres: EmbeddedPostgres, marts_stage: int) -> Iterator[str]:
    """A warehouse after two months of business: things have changed, late postings have come, some are gone."""
    with fresh_world(postgres, marts_stage) as world:
        ((last,),) = world.ask("select date_trunc('month', max(tran_date))::date from spectrum.job_cost_transactions")
        closing = ClosedByHand(last)
        for company in ("1", "2"):
            publish_marts(world.warehouse, company, closing=closing)
        closing.close_next(world.ask("select clock_timestamp()")[0][0])
        advance_month(world.source, seed=4, transactions=60)
        late_posting(world)
        # A month may change no budget that was there before; here the last sync finds one.
        world.change(
            'update "JC_PHASE_MASTER_MC" set "Original_Est_Cost" = "Original_Est_Cost" + 1'
            " where btrim(\"Company_Code\") = '1' and btrim(\"Phase_Code\") = '011000'"
        )
        for company in ("2", "1"):
            for name in ("jobs", "budgets", "vendors", "prime_contracts", "subcontracts", "job_costs"):
                world.sync(name, company=company)
            publish_marts(world.warehouse, company, closing=closing)
        yield world.warehouse


def test_the_page_names_every_mart_and_every_block_of_sql_has_a_question():
    assert len(QUESTIONS) == PAGE.count("```sql")
    assert len({question for question, _ in QUESTIONS}) == len(QUESTIONS)
    for mart in MARTS:
        assert f"`{mart.relation}`" in PAGE
        assert any(mart.relation in query for _, query in QUESTIONS), f"no example asks {mart.relation}"
    views = "freshness", "late_costs", "closed_months", "receivables_aging", "wip_schedule", "wip_fade", "known_since"
    for view in views:
        assert f"`marts.{view}`" in PAGE


@pytest.mark.parametrize("query", [pytest.param(query, id=question) for question, query in QUESTIONS])
def test_an_example_runs_as_an_analyst_and_answers(warehouse, query):
    with psycopg.connect(warehouse) as connection:
        connection.execute("set role spectrum_analyst")
        assert connection.execute(query.encode()).fetchall(), "no row: the question has no answer in the test's data"


def test_the_transactions_behind_a_figure_add_up_to_it(warehouse):
    query = next(query for question, query in QUESTIONS if "behind a figure" in question)
    with psycopg.connect(warehouse) as connection:
        amounts = [row[2] for row in connection.execute(query.encode())]
        largest = connection.execute("select max(actual_cost) from marts.job_cost_summary").fetchone()
    assert (sum(amounts),) == largest


def test_the_cost_of_the_months_as_of_a_moment_is_what_the_mart_held_then(postgres, marts_stage):
    """M1: the example's left side, against a copy of the mart made at that moment."""
    query = next(query for question, query in QUESTIONS if "as of a moment" in question)
    with fresh_world(postgres, marts_stage) as world:
        for company in ("1", "2"):
            publish_marts(world.warehouse, company)
        held = dict(
            (row[:3], row[3])
            for row in world.ask(
                "select company_code, job_number, month, sum(actual_cost) from marts.job_cost_by_month group by 1, 2, 3"
            )
        )
        advance_month(world.source, seed=5, transactions=60)
        world.sync("job_costs")
        publish_marts(world.warehouse, "1")
        rows = world.ask(query)
        assert rows
        assert all(held.get(row[:3], 0) == row[3] for row in rows)
        before = query.replace("max(changed_at)", "min(read_at)").replace("from sync.partitions", "from sync.runs")
        assert before != query
        assert not world.ask(before), "nothing had been staged, so nothing is known of that moment"
