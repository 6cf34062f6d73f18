"""B8. A company code that Spectrum does not have is refused; a company that is empty is not.

`make test` has this for an object of one table, one of several, the transactions, and narrowed to jobs, and a new
company that has a row in one table; `make test-all` for every object, and for rows in other tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from infolink_rows import SUBJECTS, source_row
from staging_harness import Warehouse, infolink_settings

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify

JOBS = "JC_JOB_MASTER_MC"
FEW = ("vendors", "billings", "job_costs", "subcontracts")


def _slow(name: str) -> Any:
    return () if name in FEW else pytest.mark.slow


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


def _settings(code: str) -> Settings:
    company = Company(code=code, name="Of the settings", phase_category="STD")
    return infolink_settings().model_copy(update={"companies": (company,)})


def _verify(warehouse: Warehouse, name: str, code: str) -> None:
    settings = _settings(code)
    with Sources(settings.company(code), infolink=warehouse.spectrum.infolink) as sources:
        verify(warehouse.url, OBJECTS[name], Run("verify_staging", "r"), sources, settings)


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        *(pytest.param(name, {}, id=f"whole-{name}", marks=_slow(name)) for name in OBJECTS),
        *(
            pytest.param(name, {"jobs": ("J1",)}, id=f"narrowed-{name}", marks=_slow(name))
            for name in OBJECTS
            if OBJECTS[name].by_job
        ),
    ],
)
def test_a_code_that_is_in_no_table_is_refused_with_those_that_are(
    warehouse: Warehouse, name: str, scope: dict[str, tuple[str, ...]]
) -> None:
    """`1` where the source has `01`: no object syncs 0 rows and calls that a success."""
    for code in ("01", "02"):
        warehouse.spectrum.add(JOBS, source_row(JOBS, 1, Company_Code=f"{code:>3}"))
    with pytest.raises(FixConfiguration) as caught:
        warehouse.sync(name, Scope("1", **scope), _settings("1"))
    text = str(caught.value)
    assert "Spectrum has no company '1'" in text
    assert "allowed: 01, 02" in text
    assert "correct the company's code in include/settings.yaml" in text
    assert {state for (state,) in warehouse.query("select state from sync.runs")} == {"failed"}
    with pytest.raises(FixConfiguration, match="Spectrum has no company '1'"):
        _verify(warehouse, name, "1")


@pytest.mark.slow
@pytest.mark.parametrize(
    "table",
    ["VN_VENDOR_MASTER_MC", "JC_COST_TYPE_MASTER_MC", JOBS],
)
def test_a_company_that_is_new_is_staged_empty(warehouse: Warehouse, table: str) -> None:
    """It is there: in any table at all."""
    warehouse.spectrum.add(JOBS, source_row(JOBS, 1, company="2"))
    warehouse.spectrum.add(table, source_row(table, 1, company="3"))
    own = {t.name for obj in OBJECTS.values() for t in obj.tables if t.infolink and t.infolink.table == table}
    for name in OBJECTS:
        for staged, counts in warehouse.sync(name, Scope("3"), _settings("3")).items():
            assert (counts.source, counts.staged) == ((1, 1) if staged in own else (0, 0)), staged
        _verify(warehouse, name, "3")


@pytest.mark.slow
def test_a_spectrum_without_any_row_says_nothing_of_codes(warehouse: Warehouse) -> None:
    for name in OBJECTS:
        assert all(counts.source == 0 for counts in warehouse.sync(name).values())


def test_a_company_whose_rows_are_gone_altogether_is_not_emptied(warehouse: Warehouse) -> None:
    """The connection leads to another database since: what was staged stays."""
    subject = SUBJECTS["jobs"]
    warehouse.spectrum.add(subject.source_table, *(subject.row(number) for number in (1, 2, 3)))
    warehouse.spectrum.add(JOBS, source_row(JOBS, 1, company="2"))
    warehouse.sync("jobs")
    warehouse.spectrum.remove(subject.source_table, {"Company_Code": "1"})
    with pytest.raises(FixConfiguration, match="allowed: 2"):
        warehouse.sync("jobs")
    assert warehouse.query("select count(*) from spectrum.jobs where _deleted_at is null") == [(3,)]


def test_tables_that_are_not_shown_are_left_out_of_the_search(warehouse: Warehouse) -> None:
    warehouse.spectrum.add(JOBS, source_row(JOBS, 1, Company_Code=" 01"))
    warehouse.spectrum.connection.execute('drop table dbo."VN_SUBCONTRACT_MC" cascade')
    with pytest.raises(FixConfiguration, match="allowed: 01"):
        warehouse.sync("vendors")


@pytest.fixture(params=["jobs", "job_costs"])
def counted(request: pytest.FixtureRequest, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Counts the look-ups of companies in a sync of a company that has rows."""
    from spectrum_etl.staging import companies

    calls: list[str] = []
    real = companies.holds_company

    def noted(reader: object, table: str, code: str) -> bool:
        calls.append(table)
        return real(reader, table, code)  # type: ignore[arg-type]

    monkeypatch.setattr(companies, "holds_company", noted)
    source = {"jobs": JOBS, "job_costs": "JC_TRANSACTION_HISTORY_MC"}[request.param]
    warehouse.spectrum.add(source, source_row(source, 1))

    def sync() -> int:
        warehouse.sync(request.param)
        return len(calls)

    return sync


def test_a_company_with_rows_costs_no_look_up(counted: Callable[[], int]) -> None:
    assert counted() == 0
