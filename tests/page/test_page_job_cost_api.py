"""The page's job cost: every total is the sum of what is shown behind it (M6, M8)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from tests.page.page_airflow import PageAirflow


def test_job_cost_adds_up_exactly(page: PageAirflow) -> None:
    found = page.get("vera", "api/job", company="1", job="24-0003").json()
    actual = sum(Decimal(line["actual_cost"]) for line in found["lines"])
    assert actual == Decimal(found["months"][-1]["cost_to_date"])
    assert actual == sum(Decimal(month["actual_cost"]) for month in found["months"])
    line = found["lines"][0]
    amounts, offset = Decimal(0), 0
    while offset is not None:
        postings = page.get(
            "vera", "api/transactions", company="1", job="24-0003", phase=line["phase_code"],
            cost_type=line["cost_type"], offset=offset,
        ).json()  # fmt: skip
        amounts += sum(Decimal(row["tran_amount"]) for row in postings["rows"])
        offset = postings["next"]
        assert Decimal(postings["total"]) == Decimal(line["actual_cost"]), "of all, on every page"
    assert amounts == Decimal(line["actual_cost"])
    file = page.get(
        "vera", "api/transactions.csv", company="1", job="24-0003", phase=line["phase_code"],
        cost_type=line["cost_type"],
    )  # fmt: skip
    assert "postings_24-0003_01000_L.csv" in file.headers["Content-Disposition"]
    held = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert sum(Decimal(row["tran_amount"]) for row in held) == amounts
    assert line["committed_cost"] == "0", "known, and nothing is committed on this phase"
    assert page.get("vera", "api/job", company="1", job="none").status_code == 404


def test_committed_costs_add_up_from_subcontracts_and_executed_changes(page: PageAirflow) -> None:
    """What does not count is there too, marked: an inactive subcontract, a pending change."""
    lines = page.get("vera", "api/job", company="1", job="24-0003").json()["lines"]
    committed = {line["phase_code"]: Decimal(line["committed_cost"]) for line in lines if line["cost_type"] == "S"}
    assert committed["07500"] == 0, "an inactive subcontract commits nothing"
    for phase, amount in committed.items():
        found = page.get("vera", "api/commitments", company="1", job="24-0003", phase=phase, cost_type="S").json()
        rows = found["rows"]
        assert Decimal(found["total"] or 0) == amount
        assert sum(Decimal(row["amount"]) for row in rows if row["counted"]) == amount
        kinds = [(row["change_request_number"], row["change_status"], row["counted"]) for row in rows]
        if phase == "05120":
            assert kinds == [(None, None, True), ("PCO-001", "E", True), ("PCO-002", "P", False)]
        else:
            assert kinds == [(None, None, phase != "07500")]


def test_cost_at_completion_adds_up_and_a_job_is_as_complete_as_its_sums_say(page: PageAirflow) -> None:
    """M6: never below cost, with Spectrum's own projection beside it; in the list, the job and the file the same."""
    for number, complete in (("24-0003", False), ("24-0007", True)):
        found = page.get("vera", "api/job", company="1", job=number).json()
        spent = end = variance = Decimal(0)
        for line in found["lines"]:
            actual, projected = Decimal(line["actual_cost"]), Decimal(line["projected_cost"])
            at_completion = Decimal(line["cost_at_completion"])
            assert line["job_complete"] is complete
            assert at_completion == (actual if complete else max(projected, actual))
            assert line["cost_floor_used"] is (projected < actual)
            assert line["projection_entered"] is (line["phase_code"] in {"15400", "15700"})
            assert Decimal(line["variance"]) == Decimal(line["current_estimate"]) - at_completion
            spent, end, variance = spent + actual, end + at_completion, variance + Decimal(line["variance"])
        percent = round(100 * spent / end, 2)
        assert percent == 100 if complete else percent < 100
        assert Decimal(found["job"]["percent_complete"]) == percent
        (row,) = page.get("vera", "api/jobs", company="1", search=number).json()["rows"]
        named = ("actual_cost", "cost_at_completion", "variance", "percent_complete")
        assert [Decimal(row[name]) for name in named] == [spent, end, variance, percent]
        assert row["cost_floor_used"] is any(line["cost_floor_used"] for line in found["lines"])
        text = page.get("vera", "api/job.csv", company="1", job=number).content.decode("utf-8-sig")
        held = list(csv.DictReader(io.StringIO(text)))
        assert sum(Decimal(line["cost_at_completion"]) for line in held) == end
        assert {line["phase_code"] for line in held if line["cost_floor_used"].lower() == "true"} == {
            line["phase_code"] for line in found["lines"] if line["cost_floor_used"]
        }
