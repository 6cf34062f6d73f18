"""What an import meets in the stand-in Procore: companies almost like vendors, projects in progress, and the company
that ran Procore's own connector for years (REQUIREMENTS C2, D1, N3, N5, N12)."""

import re
from collections import Counter
from typing import Any

import psycopg
import pytest

from sandbox.cli import main
from sandbox.data.generate import load
from sandbox.procore.seed_connector import CONNECTOR_COMPANY
from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw

VENDORS = "/rest/v1.0/vendors"
PROJECTS = "/rest/v1.1/projects"


@pytest.fixture
def old(server: ProcoreServer) -> Raw:
    """Raw calls of the company that is to be taken over."""
    return Raw(server.url, CONNECTOR_COMPANY)


def _marks(url: str, kind: str) -> list[dict[str, Any]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id, origin_id, origin_code, project_id, coalesce((fields->>'origin_fixed')::boolean, false),"
            " coalesce((fields->>'erp_locked')::boolean, false) FROM procore.records"
            " WHERE company_id = %s AND kind = %s AND origin_id IS NOT NULL ORDER BY id",
            [CONNECTOR_COMPANY, kind],
        ).fetchall()
    names = ("id", "origin_id", "origin_code", "project_id", "fixed", "locked")
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_c2_companies_are_almost_vendors_in_every_way(raw: Raw, business: str) -> None:
    with psycopg.connect(business) as connection:
        rows = connection.execute(
            """SELECT trim("Vendor_Code"), trim("Vendor_Name"), trim("Phone") FROM dbo."VN_VENDOR_MASTER_MC"
            WHERE trim("Company_Code") = '1' AND length(trim("Vendor_Name")) > 3"""
        ).fetchall()
    names, codes, phones = {row[1] for row in rows}, {row[0] for row in rows}, {row[2] for row in rows if row[2]}
    small = {name.lower() for name in names}
    ours = [each for each in raw.all(VENDORS, company_id=4001) if not each["origin_id"]]
    counted = Counter(each["name"].lower() for each in ours if each["name"].lower() in small)
    assert [each for each in ours if each["name"].isupper() and each["name"].lower() in small], "other case"
    assert [each for each in ours if each["name"].removesuffix(", Inc.") in names and each["name"].endswith("Inc.")]
    assert [each for each in ours if " dba " in each["name"] and each["trade_name"] in names], "doing business as"
    assert {re.sub(" - (Columbus|Toledo)$", "", each["name"]) for each in ours if " - " in each["name"]} & names
    assert [name for name, count in counted.items() if count > 1], "two of one name"
    assert [each for each in ours if not each["is_active"] and each["name"] in names], "inactive"
    assert [each for each in ours if each["abbreviated_name"] in codes], "the code as short name"
    assert [each for each in ours if each["business_phone"] in phones and each["name"].lower() not in small]
    linked = {each["origin_code"] for each in raw.all(VENDORS, company_id=4001) if each["origin_id"]}
    left = [row for row in rows if row[0] not in linked and row[1].lower() not in counted]
    assert left, "and some vendors have no company at all"


def test_d1_projects_in_progress_have_a_job_and_no_link(raw: Raw, business: str) -> None:
    with psycopg.connect(business) as connection:
        jobs = dict(
            connection.execute(
                """SELECT trim("Job_Number"), trim("Job_Description") FROM dbo."JC_JOB_MASTER_MC"
                WHERE trim("Company_Code") = '1'"""
            ).fetchall()
        )
        hidden = connection.execute(
            "SELECT fields->>'project_number' FROM procore.records WHERE kind = 'project' AND company_id = 4001"
            " AND NOT (fields->>'permitted')::boolean"
        ).fetchall()
        subs = connection.execute(
            """SELECT trim("Job_Number") FROM dbo."JC_JOB_MASTER_MC"
            WHERE trim("Company_Code") = '1' AND trim("Master_Job") <> ''"""
        ).fetchall()
    shown = raw.all(PROJECTS, company_id=4001, **{"filters[by_status]": "All"})
    open_ones = [each for each in shown if not each["origin_id"] and each["project_number"] in jobs]
    counted = Counter(each["project_number"] for each in open_ones)
    assert [number for number, count in counted.items() if count > 1], "several with one number"
    assert [each for each in open_ones if each["name"] != jobs[each["project_number"]]], "another name"
    assert [each for each in open_ones if not each["active"]], "inactive"
    assert [number for (number,) in hidden if number in jobs], "one that the account may not see"
    assert [each for each in open_ones if (each["project_number"],) in subs], "a sub job"
    by_name = [each for each in shown if each["project_number"] not in jobs and each["name"] in jobs.values()]
    assert by_name, "the same name under another number"
    filled = [each for each in open_ones if raw.all("/rest/v1.0/prime_contracts", project_id=each["id"])]
    assert filled, "one with codes, budget, contract and commitments"
    assert raw.all("/rest/v1.0/cost_codes", project_id=filled[0]["id"])
    assert raw.all("/rest/v1.0/work_order_contracts", project_id=filled[0]["id"])


def test_n12_everything_of_the_old_company_carries_a_foreign_origin_id(old: Raw, business: str) -> None:
    lists = old.get("/rest/v1.0/standard_cost_code_lists", company_id=CONNECTOR_COMPANY)
    assert [each["is_erp_list"] for each in lists] == [True]
    kinds = ("vendor", "project", "line_item_type", "standard_cost_code", "cost_code", "prime_contract",
             "work_order_contract", "purchase_order_contract", "contract_line", "change_order_package")  # fmt: skip
    for kind in kinds:
        marks = _marks(business, kind)
        assert marks, kind
        assert all(re.fullmatch(r"[0-9a-f-]{26}(:.+)?", each["origin_id"]) for each in marks), kind
        without_code = {"line_item_type", "standard_cost_code", "cost_code", "prime_contract", "contract_line"}
        assert any(each["origin_code"] for each in marks) is (kind not in without_code), kind
    assert len(_marks(business, "project")) == 6
    assert len(_marks(business, "vendor")) == 24
    assert len(_marks(business, "work_order_contract") + _marks(business, "purchase_order_contract")) == 60
    vendors = _marks(business, "vendor")
    codes = [each["origin_code"] for each in vendors]
    assert None in codes, "to be paired by name"
    assert [code for code in codes if code and code != code.upper()]
    assert [code for code in codes if code and code != code.strip()]
    assert [code for code in codes if code and code.startswith("GONE")], "Spectrum has it no more"
    assert {True, False} == {each["fixed"] for each in vendors} == {each["locked"] for each in vendors}
    seen = old.all(PROJECTS, company_id=CONNECTOR_COMPANY, **{"filters[by_status]": "All"})
    assert 0 < len(seen) < 6, "one is not permitted"
    assert all(
        old.get(f"/rest/v1.0/projects/{each['id']}", company_id=CONNECTOR_COMPANY)["is_erp_integrated"] for each in seen
    )


def test_n12_old_commitments_are_spectrums_and_some_amounts_differ(old: Raw, business: str) -> None:
    with psycopg.connect(business) as connection:
        rows = connection.execute(
            """SELECT trim("Subcontract_Number"), sum("Original_Contract_Amount") FROM dbo."VN_SUBCONTRACT_PHASE_MC"
            WHERE trim("Company_Code") = '1' GROUP BY 1, trim("Vendor_Code")"""
        ).fetchall()
    amounts = {(number, f"{amount:.2f}") for number, amount in rows}
    seen: Counter[bool] = Counter()
    waiting = []
    for project in old.all(PROJECTS, company_id=CONNECTOR_COMPANY, **{"filters[by_status]": "All"}):
        for kind in ("work_order_contracts", "purchase_order_contracts"):
            for each in old.all(f"/rest/v1.0/{kind}", project_id=project["id"]):
                if each["origin_code"]:
                    seen[(each["origin_code"], each["grand_total"]) in amounts] += 1
        packages = old.all("/rest/v1.0/change_order_packages", project_id=project["id"])
        waiting += [each for each in packages if not each["origin_id"] and each["status"] == "approved"]
    assert seen[True] > 10 * seen[False] > 0
    assert waiting, "change orders that were not exported before the connector stopped"


def test_n12_ids_are_replaced_but_for_those_that_stay(old: Raw, server: ProcoreServer, business: str) -> None:
    marks = _marks(business, "vendor")
    free = next(each for each in marks if not each["fixed"] and not each["locked"])
    fixed = next(each for each in marks if each["fixed"] and not each["locked"])
    locked = next(each for each in marks if each["locked"])

    def take_over(mark: dict[str, Any], origin_id: str | None) -> Any:
        body = {"company_id": CONNECTOR_COMPANY, "updates": [{"id": mark["id"], "origin_id": origin_id}]}
        answer = old.call("PATCH", f"{VENDORS}/sync", body).json()
        return answer["errors"][0]["errors"] if answer["errors"] else answer["entities"][0]["origin_id"]

    assert take_over(fixed, "spectrum:1:A") == {
        "origin_id": ["cannot be changed while it belongs to another integration"]
    }
    assert take_over(fixed, None) == take_over(fixed, "spectrum:1:A"), "nor can it be taken away"
    assert take_over(locked, "spectrum:1:B") == {"base": ["This record is locked by the ERP integration"]}
    server.switches.set("procore_foreign_origin", "refused")
    assert "origin_id" in take_over(free, "spectrum:1:C")
    server.switches.set("procore_foreign_origin", "replaceable")
    assert take_over(fixed, "spectrum:1:A") == "spectrum:1:A"
    server.switches.clear("procore_foreign_origin")
    assert take_over(free, "spectrum:1:C") == "spectrum:1:C"
    for mark in (free, fixed):
        assert take_over(mark, mark["origin_id"]) == mark["origin_id"], "what was replaced can be given back"
    main(["procore", "change", str(locked["id"]), "erp_locked=false", "origin_fixed=false", "--database", business])
    assert take_over(locked, "spectrum:1:B") == "spectrum:1:B"
    assert take_over(locked, locked["origin_id"]) == locked["origin_id"]


def test_n12_a_connector_that_was_not_switched_off_goes_on_linking(
    old: Raw, business: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def links() -> dict[int, str]:
        every = old.all(VENDORS, company_id=CONNECTOR_COMPANY)
        return {each["id"]: each["origin_id"] for each in every if each["origin_id"]}

    before = links()
    main(["procore", "connector", "--links", "1", "--database", business])
    assert "origin id" in capsys.readouterr().out
    (new,) = set(links().items()) - set(before.items())
    assert re.fullmatch(r"[0-9a-f-]{26}", new[1])
    main(["procore", "change", str(new[0]), "origin_id=null", "origin_code=null", "--database", business])
    assert links() == before


def test_sizes_of_the_past_and_of_a_load_test_by_command(
    sandbox_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    load(sandbox_database, jobs=14, transactions=20)
    at = ["--database", sandbox_database]
    sizes = ["--past-projects", "2", "--past-companies", "9", "--past-commitments", "7"]
    main(["procore", *at, "seed", *sizes, "--like-vendors", "5"])
    assert "5 companies added that are almost a vendor" in capsys.readouterr().out
    with psycopg.connect(sandbox_database) as connection:
        counted = dict(
            connection.execute(
                "SELECT kind, count(*) FROM procore.records WHERE company_id = %s AND origin_id IS NOT NULL GROUP BY 1",
                [CONNECTOR_COMPANY],
            ).fetchall()
        )
    assert (counted["project"], counted["vendor"]) == (2, 9)
    assert counted["work_order_contract"] + counted.get("purchase_order_contract", 0) <= 7
    with pytest.raises(SystemExit, match="vendors without a company"):
        main(["procore", *at, "seed", "--like-vendors", "5000"])
