"""O1: what Info-Link shows of the same stored tables: a hosted site, an older site's names, certain names only."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pymssql
import pytest
import requests
import yaml

from sandbox.cli import main
from sandbox.data import drift, layouts
from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from sandbox.sdx.access import Authorization
from sandbox.sdx.server import SdxServer
from stack.postgres import EmbeddedPostgres

PASSWORD = "Not-a-secret-1"
REFERENCE = Path(__file__).resolve().parents[3] / "sandbox" / "reference"
HOSTED = yaml.safe_load((REFERENCE / "infolink-columns.yaml").read_text(encoding="utf-8"))
LISTED = yaml.safe_load((REFERENCE / "infolink-tables.yaml").read_text(encoding="utf-8"))
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A loaded sandbox database."""
    made = postgres.create_database("layouts")
    load(made, jobs=12, transactions=400)
    yield made
    postgres.drop_database("layouts")


@pytest.fixture(scope="module")
def ask(url: str) -> Iterator[Ask]:
    """Runs T-SQL on one connection that stays open, whatever is shown."""
    with InfoLinkServer(url, password=PASSWORD) as server:
        connection = pymssql.connect(
            "127.0.0.1", port=str(server.port), user="infolink", password=PASSWORD, database="Spectrum", autocommit=True
        )

        def asked(query: str) -> list[tuple[Any, ...]]:
            cursor = connection.cursor()
            cursor.execute(query)
            return cursor.fetchall()

        yield asked
        connection.close()


@pytest.fixture
def show(url: str) -> Iterator[Callable[[str], None]]:
    """Shows a layout until the test ends."""

    def shown(name: str) -> None:
        with psycopg.connect(url) as connection:
            layouts.show(connection, name)

    yield shown
    shown("hosted")


def columns(ask: Ask) -> dict[str, list[str]]:
    """Every table that Info-Link shows, with its columns in order."""
    found: dict[str, list[str]] = {}
    query = "SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS ORDER BY TABLE_NAME, ORDINAL_POSITION"
    for table, column in ask(query):
        found.setdefault(table, []).append(column)
    return found


def test_the_hosted_site_shows_every_column_in_its_order_and_type(ask: Ask) -> None:
    found = columns(ask)
    assert found.keys() == LISTED.keys()
    for table, wanted in HOSTED.items():
        assert found[table] == list(wanted), table
    for table in LISTED.keys() - HOSTED.keys():
        assert found[table] == list(LISTED[table]["columns"]), table
    # INFORMATION_SCHEMA tells the type, the width, and that nothing is a blank and not NULL.
    kinds = ask(
        "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE, NUMERIC_SCALE "
        "FROM INFORMATION_SCHEMA.COLUMNS"
    )
    for table, column, kind, width, nullable, scale in kinds:
        declared = HOSTED.get(table, {}).get(column)
        if declared is None:
            continue
        assert (nullable == "YES") == declared.endswith(" null"), (table, column)
        text = re.match(r"varchar\((\d+)\)", declared)
        if text:
            assert (kind, width) == ("varchar", int(text[1])), (table, column)
        if column in ("Latitude", "Longitude", "Total_Hours"):
            assert (kind, scale) == ("decimal", 6)
        if column in ("Tran_Amount", "Original_Contract", "Balance", "PR_Pay_Amount7"):
            assert (kind, scale) == ("decimal", 2)
    blank = "SELECT COUNT(*) FROM JC_JOB_MASTER_MC WHERE Master_Job IS NULL OR DATALENGTH(Division) = 0"
    assert ask(blank) == [(0,)]
    assert ask("SELECT COUNT(*), COUNT(DISTINCT id) FROM JC_PHASE_MASTER_MC")[0][1] > 100


def test_aliases_are_an_older_sites_names(ask: Ask, show: Callable[[str], None]) -> None:
    every = ask("SELECT COUNT(*), SUM(Tran_Amount) FROM dbo.JC_TRANSACTION_HISTORY_MC")
    subcontracts = ask("SELECT COUNT(*), SUM(Original_Contract_Amount) FROM VN_SUBCONTRACT_PHASE_MC")
    mine = ask(
        "SELECT COUNT(*), SUM(Original_Contract_Amount) FROM VN_SUBCONTRACT_PHASE_MC "
        "WHERE LTRIM(RTRIM(Company_Code)) = '1'"
    )
    assert subcontracts != mine
    show("aliases")
    found = columns(ask)
    assert found["JC_PROJ_COST_HISTORY_MC"][8] == "Projected_Cost"
    assert found["CR_CHNG_REQ_HDR_MC"][5] == "CR_Status"
    assert found["cr_chng_req_status_mc"][1] == "CR_Status"
    assert found["CR_BID_ITEM_DES_MC"][3:6] == ["Bid_Item", "Billing_Description", "Contract_Amount"]
    assert found["VN_VENDOR_MASTER_MC"][:6] == [
        "COMPANY_CODE", "VENDOR_CODE", "VENDOR_NAME", "ALPHA_SORT", "TYPE", "STATUS_CODE"
    ]  # fmt: skip
    assert "Cost_Center" in found["jc_phase_master_mc"]
    assert not found.keys() & {"JC_PHASE_MASTER_MC", "VN_SUBCONTRACT_MC", "JC_COST_TYPE_MASTER_MC"}
    assert {"VN_CHNG_REQ_SUB_HDR_MC", "VN_CHNG_REQ_SUB_HDR", "VN_SUBCONTRACT"} <= found.keys()
    # Names are found in any case, and the same money is there.
    assert ask("SELECT COUNT(*), SUM(tran_AMOUNT) FROM Dbo.jc_Transaction_HISTORY_mc") == every
    assert ask("SELECT COUNT(*), SUM(Original_Contract_Amount) FROM vn_subcontract_phase") == mine
    assert ask("SELECT DISTINCT LTRIM(Company_Code) FROM JC_COST_TYPE_MASTER") == [("1",)]
    assert ask("SELECT COUNT(DISTINCT Company_Code) FROM VN_CHNG_REQ_SUB_HDR_MC")[0][0] == 2
    # Nothing is NULL here, and a key never is.
    assert ask("SELECT COUNT(*) FROM JC_JOB_MASTER_MC WHERE Master_Job = ''") == [(0,)]
    assert ask("SELECT COUNT(*) FROM JC_JOB_MASTER_MC WHERE Master_Job IS NULL")[0][0] > 0
    assert ask("SELECT COUNT(*) FROM Vn_Subcontract_Phase WHERE Bid_Item_Number IS NULL") == [(0,)]
    # Lengths and precisions are those of the stored columns.
    query = (
        "SELECT CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE FROM INFORMATION_SCHEMA.COLUMNS "
        "WHERE COLUMN_NAME IN ('WO_Site', 'Projected_Cost') ORDER BY COLUMN_NAME"
    )
    assert ask(query) == [(None, 12, 2), (10, None, None)]
    with pytest.raises(pymssql.Error, match="Invalid object name 'VN_SUBCONTRACT_MC'"):
        ask("SELECT COUNT(*) FROM VN_SUBCONTRACT_MC")


def test_bare_lacks_every_assumed_name(ask: Ask, show: Callable[[str], None]) -> None:
    before = columns(ask)
    show("bare")
    found = columns(ask)
    gone = {"VN_CHNG_REQ_SUB_HDR", "VN_CHNG_REQ_SUB_DET"}
    assert before.keys() - found.keys() == gone
    for table, shown in found.items():
        listed = LISTED[table].get("columns") or {}
        assumed = {name for name, entry in listed.items() if not entry["certain"]}
        assert shown == [name for name in before[table] if name not in assumed], table
    assert found["CR_BID_ITEM_DES_MC"] == ["Company_Code", "Customer_Code", "Job_Number"]
    assert found["CR_CHNG_REQ_REV_MC"] == ["Company_Code", "CR_Revenue"]
    with pytest.raises(pymssql.Error, match="Invalid column name 'CR_Description'"):
        ask("SELECT CR_Description FROM CR_CHNG_REQ_HDR_MC")
    with pytest.raises(pymssql.Error, match=r"Invalid object name 'dbo\.VN_CHNG_REQ_SUB_DET'"):
        ask("SELECT * FROM dbo.VN_CHNG_REQ_SUB_DET")


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_the_web_services_work_whatever_is_shown(url: str, ask: Ask, show: Callable[[str], None], layout: str) -> None:
    show(layout)
    body = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
        <GetPhase xmlns="http://www.northgate-is.com/proiv/webservices/types"><Authorization_ID>DEMO</Authorization_ID>
        <GUID/><pCompany_Code>1</pCompany_Code><pCost_Type>S</pCost_Type><pJob_Number/><pStatus_Code/><pCost_Center/>
        <pSort_By/></GetPhase></s:Body></s:Envelope>"""
    with SdxServer(url, [Authorization("DEMO", ("1", "2"))]) as server:
        answer = requests.post(f"{server.url}/ws/GetPhase", data=body.encode(), timeout=20).text
    total = sum(map(Decimal, re.findall(r"<JTD_Actual_Dollars>([^<]*)<", answer)))
    with psycopg.connect(url) as connection:
        row = connection.execute(
            """SELECT sum("Tran_Amount") FROM dbo."JC_TRANSACTION_HISTORY_MC" AS tran
               JOIN dbo."JC_PHASE_MASTER_MC" AS phase
                 ON tran."Company_Code" = phase."Company_Code" AND trim(tran."Job_Number") = trim(phase."Job_Number")
                AND tran."Phase_Code" = phase."Phase_Code" AND tran."Cost_Type" = phase."Cost_Type"
               WHERE tran."Company_Code" = '  1' AND tran."Cost_Type" = '  S' AND phase."Status_Code" <> 'C'"""
        ).fetchone()
    assert row is not None
    assert total == row[0] != 0


def test_a_layout_outlives_drift_and_a_new_load(url: str, ask: Ask, show: Callable[[str], None]) -> None:
    """M4: a column that disappears does so in whatever is shown."""
    show("aliases")
    drift.drop_column(url, "JC_JOB_MASTER_MC", "WO_Site")
    drift.retype_column(url, "jc_job_master_mc", "Phone", "text(20)")
    drift.add_column(url, "JC_JOB_MASTER_MC", "Region", "text(5)")
    found = columns(ask)["JC_JOB_MASTER_MC"]
    assert "WO_Site" not in found
    assert found[-1] == "Region"
    load(url, jobs=12, transactions=400)
    with psycopg.connect(url) as connection:
        assert layouts.shown(connection) == ("aliases", "1")
    found = columns(ask)["JC_JOB_MASTER_MC"]
    assert "WO_Site" in found
    assert "Region" not in found


def test_the_command_line_chooses(url: str, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["layout", "aliases", "--company", "2", "--database", url]) == 0
    assert ask("SELECT DISTINCT LTRIM(Company_Code) FROM VN_SUBCONTRACT") == [("2",)]
    assert main(["layout", "hosted", "--database", url]) == 0
    assert "VN_SUBCONTRACT" not in columns(ask)
    with pytest.raises(SystemExit):
        main(["layout", "older", "--database", url])
    assert "invalid choice: 'older'" in capsys.readouterr().err
    with psycopg.connect(url) as connection, pytest.raises(layouts.LayoutError, match="hosted, aliases, bare"):
        layouts.show(connection, "older")
