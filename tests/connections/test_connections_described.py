"""O1: every table and column that is read is listed with what the site has of it, and written as one file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import yaml
from connections_world import COMPANY, World, settings

from sandbox.data import layouts, own_site
from spectrum_etl import describe_site
from spectrum_etl.connections.compared import ComparedColumn, counts
from spectrum_etl.connections.describe import site_description
from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Checked
from spectrum_etl.settings import Company, Settings
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect

ROOT = Path(__file__).resolve().parents[2]
BY_INFOLINK = settings(jobs="infolink", project_cost_codes="infolink", vendors="infolink")
VENDORS, JOBS = "VN_VENDOR_MASTER_MC", "JC_JOB_MASTER_MC"


@pytest.fixture
def own(world: World) -> Iterator[Any]:
    """Says what the site makes of a table or column; forgotten afterwards."""

    def say(table: str, column: str = "", **changes: Any) -> None:
        with psycopg.connect(world.database) as connection:
            own_site.say(connection, table, column, **changes)
            layouts.show(connection, "own")

    yield say
    with psycopg.connect(world.database) as connection:
        own_site.forget(connection)
        layouts.show(connection, "hosted")


def checked(world: World, company: Company = COMPANY, **changes: Any) -> Checked:
    return check_infolink(company, world.infolink, BY_INFOLINK.model_copy(update=changes))


def column(found: Checked, table: str, name: str) -> ComparedColumn:
    [listed] = [t for t in found.tables or () if t.name == table]
    [one] = [c for c in listed.columns if c.column == name]
    return one


def named(**tables: dict[str, Any]) -> InfoLinkSettings:
    return InfoLinkSettings.model_validate({"names": {"1": tables}})


def test_o1_a_site_as_expected_lists_every_column_of_every_spec(world: World) -> None:
    found = checked(world)
    assert found.tables is not None
    assert set(counts(found.tables)) <= {"found", "found as", "not needed", "not read"}
    listed = {user for table in found.tables for c in table.columns for user in c.used_by.split(", ")}
    for obj in OBJECTS.values():
        for table in obj.tables:
            for one in table.columns if table.infolink else ():
                own_columns = [s for s in one.sources if "." not in s]
                assert not own_columns or f"{table.name}.{one.name}" in listed, one.name
    assert column(found, "JC_TRANSACTION_HISTORY_MC", "Employee_Code").state == "not read"
    assert column(found, JOBS, "Job_Number").type == "varchar(10)"


def test_o1_each_kind_of_difference_is_a_state_with_what_it_affects(world: World, own: Any) -> None:
    own(VENDORS, name="Suppliers", schema="reporting")
    own(VENDORS, "Vendor_Name", name="Kestrel_Anvil")
    own(VENDORS, "Vendor_Code", name="VendCode")
    own(VENDORS, "Balance", type="float")
    own(JOBS, "WO_Site", dropped=True)
    before = checked(world)
    assert {c.state for t in before.tables or () if t.name == VENDORS for c in t.columns} == {"missing"}
    renamed = {"Vendor_Code": "vendcode"}
    found = checked(world, infolink=named(**{VENDORS: {"table": "reporting.Suppliers", "columns": renamed}}))
    code = column(found, VENDORS, "Vendor_Code")
    assert (code.state, code.here, code.finding) == ("found as", "VendCode", None)
    name = column(found, VENDORS, "Vendor_Name")
    assert name.state == "missing"
    assert name.finding is not None
    assert (name.finding.stops, name.finding.closest, name.finding.paste) == (True, "", "")
    balance = column(found, VENDORS, "Balance")
    assert (balance.state, balance.type) == ("type differs", "float")
    assert balance.finding is not None
    assert "rounded to cents" in balance.finding.detail
    site = column(found, JOBS, "WO_Site")
    assert site.finding is not None
    assert (site.state, site.finding.stops) == ("missing", False)
    assert "staged as NULL" in site.finding.detail
    text = site_description(BY_INFOLINK, [found])
    for said in (
        f"### {VENDORS}: found as reporting.Suppliers",
        "| Vendor_Code | found as | VendCode | varchar(10) | vendors.vendor_code, exports |",
        "- Vendor_Name: missing, stops what needs it.",
        "Nothing here has a similar name.",
        "| Balance | type differs | Balance | float | vendors.balance |",
    ):
        assert said in text


def test_o1_all_proposed_lines_are_shown_together_with_what_is_set_already(world: World, own: Any) -> None:
    own(VENDORS, "Vendor_Name", name="VendName")
    own(VENDORS, "Zip_Code", name="ZipCd")
    own(VENDORS, "Phone", name="Kestrel")
    known = named(**{VENDORS: {"columns": {"Phone": "Kestrel"}}})
    configured = BY_INFOLINK.model_copy(update={"infolink": known})
    text = site_description(configured, [check_infolink(COMPANY, world.infolink, configured)])
    together = text.partition("Look at each of them first:")[2].partition("```yaml\n")[2].partition("```")[0]
    assert together.splitlines() == [
        "infolink:",
        "  names:",
        "    '1':",
        f"      {VENDORS}:",
        "        columns:",
        "          Phone: Kestrel",
        "          Vendor_Name: VendName",
        "          Zip_Code: ZipCd",
    ]


def test_o1_lines_go_on_from_those_that_are_set_in_whatever_letters(world: World, own: Any) -> None:
    """Else the table would be there twice, and one of both without effect."""
    own(VENDORS, "Vendor_Name", name="VendName")
    own(VENDORS, "Phone", name="Kestrel")
    configured = BY_INFOLINK.model_copy(
        update={"infolink": named(**{VENDORS.lower(): {"columns": {"phone": "Kestrel"}}})}
    )
    text = site_description(configured, [check_infolink(COMPANY, world.infolink, configured)])
    together = text.partition("Look at each of them first:")[2].partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(together)["infolink"]["names"]["1"] == {
        VENDORS.lower(): {"columns": {"phone": "Kestrel", "Vendor_Name": "VendName"}}
    }


def test_o1_a_name_is_proposed_for_the_column_that_it_is_most_like_and_for_no_other(world: World, own: Any) -> None:
    """StartDt is the start date; the estimated one, whose name is like nothing, stays missing."""
    own(JOBS, "Start_Date", name="StartDt")
    own(JOBS, "Est_Start_Date", name="Kestrel_Anvil")
    found = checked(world)
    start, estimated = column(found, JOBS, "Start_Date"), column(found, JOBS, "Est_Start_Date")
    assert start.finding is not None
    assert estimated.finding is not None
    assert start.finding.closest == "StartDt datetime"
    assert (estimated.finding.closest, estimated.finding.paste) == ("", "")


def test_o1_of_two_that_are_as_much_alike_none_is_proposed(world: World, own: Any) -> None:
    """One name in two schemas may be an archive; a person chooses."""
    own(VENDORS, name="Vendors", schema="reporting")
    own("JC_COST_TYPE_MASTER_MC", name="VENDORS", schema="archive")
    own(JOBS, "WO_Site", name="WO_Sites")
    own(JOBS, "Comment", name="WO_Sitee")
    found = checked(world)
    assert found.findings is not None
    [table] = [f for f in found.findings if f.subject == VENDORS and not f.item]
    assert (table.closest, table.paste) == ("archive.VENDORS, reporting.Vendors", "")
    site = column(found, JOBS, "WO_Site").finding
    assert site is not None
    assert (site.closest, site.paste) == ("WO_Sitee varchar(250), WO_Sites varchar(10)", "")
    text = site_description(BY_INFOLINK, [found])
    assert "Several names here match equally well: archive.VENDORS, reporting.Vendors. Put the right one" in text


def test_o1_a_column_that_is_named_for_two_is_told(world: World) -> None:
    """A site may keep both in one; or a line was copied, and the name on it left as it was."""
    twice = named(**{VENDORS: {"columns": {"Phone": "Phone", "Fax_Phone": "Phone"}}})
    text = site_description(BY_INFOLINK, [checked(world, infolink=twice)])
    assert "- `Phone` is read as Phone and Fax_Phone, which is right only where this site keeps them in one." in text
    assert "is read as" not in site_description(BY_INFOLINK, [checked(world)])


def test_o1_a_table_that_is_read_already_is_proposed_for_no_other(world: World, own: Any) -> None:
    """The lines of change orders that subcontracts have are not those of change requests, however they are called."""
    own("CR_CHNG_REQ_CON_DET_MC", name="Fjord_Alpaca", schema="reporting")
    own("JC_PHASE_ESTIMATES_MC", schema="reporting")
    found = {f.subject: f for f in checked(world).findings or () if not f.item}
    assert (found["CR_CHNG_REQ_CON_DET_MC"].closest, found["CR_CHNG_REQ_CON_DET_MC"].paste) == ("", "")
    assert found["JC_PHASE_ESTIMATES_MC"].closest == "reporting.JC_PHASE_ESTIMATES_MC"


def test_o1_a_view_without_company_code_is_told_and_never_proposed_to_be_one_companys(world: World, own: Any) -> None:
    own(VENDORS, name="VN_VENDOR_MASTER", own_company=True)
    found = checked(world)
    code = column(found, VENDORS, "Company_Code")
    assert code.finding is not None
    assert (code.state, code.finding.stops, code.finding.paste) == ("missing", True, "")
    assert f"write one_company: true for {VENDORS} in infolink.names" in code.finding.detail
    as_said = checked(world, infolink=named(**{VENDORS: {"one_company": True}}))
    assert (as_said.status, as_said.findings) == ("Connected", ())
    assert column(as_said, VENDORS, "Company_Code").state == "not needed"


@pytest.mark.parametrize("code", ["01", "001"])
def test_o1_a_code_that_infolink_writes_otherwise_is_named_and_set(world: World, code: str) -> None:
    """Exact comparison stays the rule: nothing takes 1 for 01 by itself."""
    company = COMPANY.model_copy(update={"code": code})
    found = checked(world, company)
    assert (found.status, found.cause) == ("Not connected", "unknown company")
    assert 'if Info-Link writes 1 for it, put infolink_code: "1" beside its code' in found.remedy
    assert checked(world, company.model_copy(update={"infolink_code": "1"})).status == "Connected"
    wrong = checked(world, company.model_copy(update={"infolink_code": "7"}))
    assert "which the settings say it writes '7'" in wrong.reason


def test_o1_the_check_keeps_every_column(world: World, own: Any, database: str) -> None:
    own(VENDORS, "Vendor_Name", name="VendName")
    record(database, "Info-Link", "1", checked(world), BY_INFOLINK, "run_1")
    query = "select state, site_column, used_by from sync.connection_columns where table_name = %s and column_name = %s"
    with connect(database) as connection:
        assert connection.execute(query, [VENDORS, "Vendor_Name"]).fetchall() == [
            ("missing", "", "vendors.vendor_name, exports")
        ]
        [(state, used, by)] = connection.execute(query, [VENDORS, "Vendor_Code"]).fetchall()
        assert (state, used, by) == ("found", "Vendor_Code", "vendors.vendor_code, exports")
    record(database, "Info-Link", "1", None, BY_INFOLINK, "run_2")
    with connect(database) as connection:
        assert connection.execute("select from sync.connection_columns").fetchall() == []


@pytest.fixture
def by_airflow(world: World, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The Airflow connection that the command finds."""
    found = SimpleNamespace(
        conn_id="spectrum_infolink",
        host=world.infolink.host,
        port=world.infolink.port,
        schema=world.infolink.database,
        login=world.infolink.user,
        password=world.infolink.password,
        extra='{"encryption": "off"}',
        extra_dejson={"encryption": "off"},
    )
    monkeypatch.setattr("spectrum_etl.credentials.airflow_connection", lambda _: found)
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")  # what the command sets is gone after the test
    return found


@pytest.fixture
def one_company(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that the command loads."""
    monkeypatch.setattr(describe_site, "load_settings", lambda _: BY_INFOLINK)
    return BY_INFOLINK


@pytest.mark.usefixtures("one_company")
def test_o1_the_command_writes_one_file_without_data(
    by_airflow: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "site.md"
    assert describe_site.main(["--output", str(file)]) == 0
    assert "company 1: found" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert "### JC_JOB_MASTER_MC: found, " in text
    assert by_airflow.password not in text
    assert by_airflow.host not in text


@pytest.mark.usefixtures("one_company")
def test_o1_of_an_infolink_that_does_not_answer_the_file_says_why_and_not_where(
    by_airflow: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_airflow.host = "no-such-host.invalid"
    file = tmp_path / "site.md"
    assert describe_site.main(["--output", str(file)]) == 1
    assert "unknown host" in capsys.readouterr().out
    assert "Info-Link could not be asked (unknown host)" in file.read_text(encoding="utf-8")
    assert "no-such-host" not in file.read_text(encoding="utf-8")


def test_o1_of_a_missing_table_that_nothing_is_called_like_the_file_names_all_others(world: World, own: Any) -> None:
    """Whoever helps finds it there; nothing proposes it."""
    own(VENDORS, name="Kestrel.Anvil", schema="reporting")
    found = checked(world)
    text = site_description(BY_INFOLINK, [found])
    others = text.partition("### Other tables and views")[2].splitlines()
    assert "- `reporting.[Kestrel.Anvil]`" in others
    assert [line for line in others if JOBS in line] == []
    assert "Kestrel" not in site_description(BY_INFOLINK, [found], others=False)
    assert "others" not in found.to_dict()
    own(VENDORS, name="", schema="")
    assert "### Other tables" not in site_description(BY_INFOLINK, [checked(world)])


@pytest.mark.usefixtures("one_company", "by_airflow")
def test_o1_an_unknown_company_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="company '9' is not configured; configured: 1"):
        describe_site.main(["--output", str(tmp_path / "site.md"), "9"])


def test_o1_the_command_finds_connections_as_airflow_does(world: World, tmp_path: Path) -> None:
    """Outside of any task: of an environment variable, with Airflow's own reading of it."""
    infolink = world.infolink
    login = f"{quote(infolink.user)}:{quote(infolink.password, safe='')}"
    uri = f"mssql://{login}@{infolink.host}:{infolink.port}/{infolink.database}?encryption=off"
    file = tmp_path / "site.md"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("_AIRFLOW")}
    done = subprocess.run(
        [sys.executable, "-m", "spectrum_etl.describe_site", "--output", str(file)],
        env={**environment, "AIRFLOW_CONN_SPECTRUM_INFOLINK": uri, "PYTHONPATH": str(ROOT / "plugins")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "### JC_JOB_MASTER_MC: found, " in file.read_text(encoding="utf-8")
    assert infolink.password not in done.stdout + done.stderr


def test_a3_what_travels_between_tasks_holds_no_columns(world: World) -> None:
    assert "tables" not in replace(checked(world)).to_dict()
