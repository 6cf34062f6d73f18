"""O2 in real Airflow: one query at a time on an Info-Link server; a long fingerprint gives way between years."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import yaml

from sandbox.faults import CACHE_SECONDS
from tests.airflow_stack import AirflowStack, until

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

_OVERLAPS = """
    select one.query, other.query from sandbox.infolink_queries as one
    join sandbox.infolink_queries as other
    on other.session > one.session and other.began_at < one.ended_at and one.began_at < other.ended_at
"""


@pytest.fixture
def slow(airflow_stack: AirflowStack) -> Iterator[AirflowStack]:
    """Info-Link takes its time, and its log is kept; every year of the transactions is a piece."""
    before = airflow_stack.settings_file.read_text(encoding="utf-8")
    settings = yaml.safe_load(before)
    settings["infolink"] = {**(settings.get("infolink") or {}), "piece_seconds": 0.001}
    airflow_stack.settings_file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    faults = airflow_stack.faults()
    faults.set("infolink_log")
    faults.set("infolink_slow_ms", "1500")
    time.sleep(CACHE_SECONDS)
    yield airflow_stack
    faults.clear()
    faults.close()
    airflow_stack.settings_file.write_text(before, encoding="utf-8")


def test_o2_syncs_through_one_connection_take_turns_and_a_long_one_gives_way(slow: AirflowStack) -> None:
    slow.run("stage_job_costs", companies=["1"])  # the years are known, and how long they took
    long = slow.trigger("stage_job_costs", companies=["1"])
    until(lambda: slow.ask("select 1 from sync.landings where run_id = %s", long.run_id))
    others = [slow.trigger(name, companies=["1"]) for name in ("stage_budgets", "stage_jobs", "stage_vendors")]
    seen: set[str] = set()

    def ended() -> bool:
        [land] = slow.instances(long, "company.land")
        seen.add(land["state"])
        states = [each["state"] for run in others for each in slow.instances(run, "company.land")]
        return [land["state"], *states] == ["success"] * (1 + len(others))

    until(ended, 240)
    slow.wait([long, *others])
    assert slow.source(_OVERLAPS) == [], "two queries at the same time"
    assert "up_for_reschedule" in seen, "it was at work already, so it has given its slot up to others"
    pieces = slow.ask(
        "select count(*)::int, bool_and(taken_at is not null) from sync.fingerprint_pieces join sync.landings"
        " using (landing_id) where run_id = %s and look = 'first'",
        long.run_id,
    )
    assert pieces[0][0] > 1
    assert pieces[0][1]
    [(state, begun, done)] = slow.ask(
        "select state, started_at, finished_at from sync.landings where run_id = %s", long.run_id
    )
    assert state in {"published", "unchanged"}, "one landing, although its task was started again"
    between = (
        "select count(*)::int from sync.landings where object_name <> 'job_costs' and started_at between %s and %s"
    )
    assert slow.ask(between, begun, done)[0][0] > 0, "another sync read meanwhile"
