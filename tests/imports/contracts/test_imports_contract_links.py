"""N12: contracts that another integration has synced are linked, whatever Procore shows of them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from spectrum_etl.imports.objects import contract_links
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.records.plans import PlanRow
from spectrum_etl.imports.steps.contract_links import plan_links
from spectrum_etl.imports.systems import Run, Systems
from spectrum_etl.sources.procore import portfolio, resources
from tests.imports.vendors.imports_world import settings


class Warehouse:
    """A warehouse with one job and one vendor that are linked, and a project with subcontracts in Procore."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url, self.held = url, list[dict[str, Any]]()
        self._connection = psycopg.connect(url, autocommit=True)
        for name, record, key in (("jobs", "7", "24-1"), ("vendors", "5", "ACME")):
            self._connection.execute(
                "insert into export.links (object_name, company_code, record_id, spectrum_key, project_id, linked_by,"
                " how) values (%s, '1', %s, %s, '', 'boss', 'taken over')",
                [name, record, key],
            )
        nothing = lambda *_: iter(())  # noqa: E731
        monkeypatch.setattr(portfolio, "all_projects", lambda _: iter([{"id": 7, "origin_id": "spectrum:1:24-1"}]))
        read = tuple(
            (kind, (lambda *_: iter(self.held)) if function is resources.work_order_contracts else nothing)
            for kind, function in contract_links._READ
        )
        monkeypatch.setattr(contract_links, "_READ", read)

    def subcontract(self, number: str, shown: Any, amount: str = "1000.00") -> None:
        """A subcontract in both; Procore shows this as its amount."""
        self.held.append(
            {
                "id": len(self.held) + 1, "number": number, "title": "Sub", "status": "Approved",
                "origin_id": f"f-{number}", "origin_code": number, "grand_total": shown, "vendor": {"id": 5},
            }
        )  # fmt: skip
        self._connection.execute(
            "insert into spectrum.subcontracts (company_code, vendor_code, subcontract_number, job_number,"
            " original_amount, _row_hash, _run_id, _read_at, _changed_at)"
            " values ('1', 'ACME', %s, '24-1', %s, %s, 'run', now(), now())",
            [number, amount, uuid.uuid4()],
        )

    def plan(self) -> dict[str, PlanRow]:
        """The rows of a new plan, by number."""
        procore = cast(Any, SimpleNamespace(company_id="4001", calls_made=0, reported_limits={}))
        known = settings()
        systems = Systems(self.url, known, known.companies[0], procore, Run("dag", "run"))
        obj = replace(contract_links.OBJECT, read_all=contract_links.read_all)
        made = plan_links(systems, obj, look_again=True)
        return {row.title.split()[0]: row for row in plans.rows(self._connection, made.plan_id)}

    def close(self) -> None:
        """Close its connection."""
        self._connection.close()


@pytest.fixture
def warehouse(warehouse_database: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The warehouse."""
    made = Warehouse(warehouse_database, monkeypatch)
    yield made
    made.close()


def test_n12_an_amount_that_is_none_is_shown_and_the_other_rows_go_on(warehouse: Warehouse) -> None:
    warehouse.subcontract("SC-1", "1000.0")
    for number, shown in {"SC-2": "1,000.00", "SC-3": "", "SC-4": None, "SC-5": "9" * 20, "SC-6": "1000.004"}.items():
        warehouse.subcontract(number, shown)
    warehouse.subcontract("SC-7", "-5.5")
    rows = warehouse.plan()
    states = {number: row.state for number, row in rows.items()}
    assert states == {
        "SC-1": "ready", "SC-2": "suggested", "SC-3": "suggested", "SC-4": "suggested", "SC-5": "suggested",
        "SC-6": "ready", "SC-7": "suggested",
    }  # fmt: skip
    assert rows["SC-2"].reason == "the amounts cannot be compared: Procore holds 1,000.00, Spectrum 1000.00"
    assert (rows["SC-4"].reason or "").startswith("the amounts cannot be compared: Procore holds none")
    assert (rows["SC-7"].reason or "").startswith("Procore holds -5.50, Spectrum 1000.00")
