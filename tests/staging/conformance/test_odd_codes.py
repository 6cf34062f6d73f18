"""O1: odd codes that are right: another writing of the company, cost types of two characters, jobs with a dot."""

from __future__ import annotations

import pytest
from infolink_rows import source_row, stored_name
from staging_harness import Warehouse, infolink_settings

from sandbox.data.tables import tables
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.run import Run, Scope
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.staging import check as checking
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify

_JOB, _TYPE = "19.50", "RE"
#: Columns of the stand-in that hold a job or a cost type.
_ODD = {"Job_Number": _JOB, "Job": _JOB, "Cost_Type": _TYPE}


@pytest.fixture(autouse=True)
def _without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations, which has tests of its own."""
    monkeypatch.setattr(checking, "run_checks", lambda *_args, **_options: [])


def _settings(**company: str) -> Settings:
    made = Company(code="01", name="Of the settings", phase_category="STD", **company)  # type: ignore[arg-type]
    return infolink_settings(companies=(made,))


def _fill(warehouse: Warehouse, written: str) -> None:
    """One row in every table of companies `1`, as a site writes it, and `2`."""
    read = (table.infolink for obj in OBJECTS.values() for table in obj.tables if table.infolink)
    for source in sorted({stored_name(name) for infolink in read for name in infolink.tables.values()}):
        widths = {column.name: column.width or 0 for column in tables()[source].columns}
        odd = {name: code.rjust(widths[name]) for name, code in _ODD.items() if name in widths}
        warehouse.spectrum.add(source, source_row(source, 1, Company_Code=written, **odd))
        warehouse.spectrum.add(source, source_row(source, 1, Company_Code="  2", **odd))


_WRITTEN = ("1", "  1", "1  ")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        *(pytest.param(code, list(OBJECTS)[n :: len(_WRITTEN)], id=f"{code}-some") for n, code in enumerate(_WRITTEN)),
        *(pytest.param(code, list(OBJECTS), id=f"{code}-all", marks=pytest.mark.slow) for code in _WRITTEN),
    ],
)
def test_o1_every_object_is_staged_under_the_companys_code_whatever_infolink_writes(
    warehouse: Warehouse, written: str, names: list[str]
) -> None:
    """Padded or not; with jobs of the run named, too. `verify_staging` compares the same rows.

    In `make test` every object under one of the three spellings, each of which some objects have.
    """
    _fill(warehouse, written)
    settings = _settings(infolink_code="1")
    for name in names:
        obj = OBJECTS[name]
        warehouse.sync(name, Scope("01"), settings)
        if obj.by_job:
            warehouse.sync(name, Scope("01", jobs=(_JOB,)), settings)
        for table in obj.tables:
            rows = warehouse.look(table.name, company="01").rows
            assert [row["company_code"] for row in rows] == ["01"], table.name
            assert warehouse.query(f"select 1 from spectrum.{table.name} where company_code <> '01'") == []  # noqa: S608
            for column, code in (("job_number", _JOB), ("cost_type", _TYPE)):
                if any(one.name == column for one in table.columns):
                    assert [row[column] for row in rows] == [code], (table.name, column)
        with Sources(settings.company("01"), infolink=warehouse.spectrum.infolink) as sources:
            results = list(verify(warehouse.url, obj, Run("verify_staging", f"r_{name}"), sources, settings))
        assert {result.status for result in results} == {"passed"}, name


@pytest.mark.parametrize("name", ["jobs", "job_costs"])
def test_o1_one_is_not_zero_one_unless_the_settings_say_so(warehouse: Warehouse, name: str) -> None:
    _fill(warehouse, "  1")
    with pytest.raises(FixConfiguration, match="Spectrum has no company '01'") as caught:
        warehouse.sync(name, Scope("01"), _settings())
    assert 'put infolink_code: "1" beside its code' in (caught.value.remedy or "")
    assert caught.value.limit == "1, 2"
