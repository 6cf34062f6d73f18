"""What the seed leaves in the stand-in Procore: links to Spectrum, ready records, and one that breaks each rule."""

import re
from collections import Counter
from decimal import Decimal

import psycopg
import pytest

from sandbox.cli import main
from sandbox.data.generate import load
from sandbox.procore.seed import seed
from tests.sandbox.procore.conftest import Raw


def _content(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT * FROM procore.records ORDER BY id").fetchall()


def test_seeding_is_repeatable_and_idempotent(sandbox_database: str) -> None:
    load(sandbox_database, jobs=8, transactions=50)
    assert seed(sandbox_database) is True
    first = _content(sandbox_database)
    assert seed(sandbox_database) is False
    assert _content(sandbox_database) == first
    main(["procore", "seed", "--again", "--database", sandbox_database])
    assert _content(sandbox_database) == first


def test_links_name_what_spectrum_has(raw: Raw, business: str) -> None:
    with psycopg.connect(business) as connection:
        vendors = dict(
            connection.execute(
                """SELECT trim("Vendor_Code"), trim("Vendor_Name") FROM dbo."VN_VENDOR_MASTER_MC"
                WHERE trim("Company_Code") = '1'"""
            ).fetchall()
        )
    found = raw.all("/rest/v1.0/vendors", company_id=4001)
    linked = [vendor for vendor in found if vendor["origin_id"]]
    assert 20 < len(linked) < len(vendors)
    for vendor in linked:
        assert vendor["origin_id"] == f"1:{vendor['origin_code']}"
        assert vendors[vendor["origin_code"]] == vendor["name"]
    project = next(p for p in raw.all("/rest/v1.0/projects", company_id=4001, **{"filters[synced]": "true"}))
    assert re.fullmatch(r"1:\d\d-\d+", project["origin_id"])
    codes = raw.all("/rest/v1.0/cost_codes", project_id=project["id"])
    for code in codes:
        phase = code["full_code"].replace("-", "")
        assert code["origin_id"] == f"{project['origin_id']}:{phase}"
        assert re.fullmatch(r"\d\d-\d{4}", code["full_code"])
        assert code["line_item_types"]


def test_each_rule_of_vendors_and_projects_is_broken_by_somebody(raw: Raw, business: str) -> None:
    vendors = [each for each in raw.all("/rest/v1.0/vendors", company_id=4001) if not each["origin_id"]]
    linked = {each["name"].lower() for each in raw.all("/rest/v1.0/vendors", company_id=4001) if each["origin_id"]}
    with psycopg.connect(business) as connection:
        rows = connection.execute('SELECT lower(trim("Vendor_Name")) FROM dbo."VN_VENDOR_MASTER_MC"').fetchall()
    in_spectrum = {row[0] for row in rows}
    assert [each for each in vendors if each["name"].lower() in in_spectrum - linked or each["name"].isupper()]  # C5
    assert [each for each in vendors if not each["is_active"]]
    assert [each for each in vendors if len(each["name"]) > 30]
    inactive = raw.all("/rest/v1.0/companies/4001/vendors/inactive")
    assert "Inactive Interiors" in {each["name"] for each in inactive}
    new = [each for each in raw.all("/rest/v1.1/projects", company_id=4001) if not each["origin_id"]]
    by_name = {each["name"]: each for each in new}
    assert any(len(name) > 25 for name in by_name)  # D4
    lists = {each["id"]: each for each in raw.get("/rest/v1.0/standard_cost_code_lists", company_id=4001)}
    ready = by_name["Peña Clinic – Café Wing"]
    assert lists[ready["standard_cost_code_list_id"]]["name"] == "Spectrum Standard Cost Codes"
    assert lists[by_name["Legacy Codes Garage"]["standard_cost_code_list_id"]]["is_erp_list"] is False  # D6
    untyped = raw.all("/rest/v1.0/cost_codes", project_id=by_name["Pool House"]["id"])
    assert [code for code in untyped if not code["line_item_types"]]  # D3
    assert all(code["line_item_types"] for code in raw.all("/rest/v1.0/cost_codes", project_id=ready["id"]))
    tiered = raw.all("/rest/v1.0/cost_codes", project_id=by_name["Brücke Süd Retrofit"]["id"])
    parents = {code["parent"]["id"] for code in tiered} - {None}
    assert parents == {code["id"] for code in tiered if not code["line_item_types"]}, "divisions have no cost types"
    assert all(code["full_code"].count("-") == 1 for code in tiered if code["id"] not in parents)
    path = f"/rest/v1.0/projects/{by_name['Two Zone Warehouse']['id']}/work_breakdown_structure/wbs_codes"
    types = {item["segment"]["type"] for code in raw.all(path) for item in code["segment_items"]}
    assert types == {"cost_code", "line_item_type", "custom"}  # B4
    of = "/rest/v1.0/{}/work_breakdown_structure/segments"
    assert "custom" in {each["type"] for each in raw.get(of.format("companies/4001"))}
    assert "custom" not in {each["type"] for each in raw.get(of.format(f"projects/{ready['id']}"))}


def test_new_codes_wait_on_a_linked_project(raw: Raw) -> None:
    """B5, E1: codes without origin id on a project that is linked, used by its budget and a commitment."""
    waiting = {}
    for project in raw.all("/rest/v1.0/projects", company_id=4001, **{"filters[synced]": "true"}):
        codes = raw.all("/rest/v1.0/cost_codes", project_id=project["id"])
        if new := [code["id"] for code in codes if not code["origin_id"]]:
            waiting[project["id"]] = new
    assert len(waiting) == 1
    ((project, codes),) = waiting.items()
    contract = raw.all("/rest/v1.0/work_order_contracts", project_id=project)[0]
    lines = raw.get(f"/rest/v1.0/work_order_contracts/{contract['id']}/line_items", project_id=project)
    assert {line["cost_code"]["id"] for line in lines} <= set(codes)


def test_budgets_changes_and_forecasts(raw: Raw, ids: dict[str, int]) -> None:
    states: Counter[tuple[bool, bool]] = Counter()
    for project in raw.all("/rest/v1.0/projects", company_id=4001):
        locked = raw.get(f"/rest/v1.0/projects/{project['id']}/budget")["locked"]
        states[project["origin_id"] is not None, locked] += 1
    assert states[True, True] >= 2
    assert states[True, False] >= 2, "one that is not locked, one without a budget (E1, F1)"
    assert states[False, True] == 1, "the job is not exported (E1)"
    views = {each["name"]: each["id"] for each in raw.get("/rest/v1.0/budget_views", project_id=ids["ready"])}
    path = "/rest/v1.0/budget_views/{}/detail_rows"
    rows = raw.all(path.format(views["Procore Standard Forecast View"]), project_id=ids["ready"])
    assert isinstance(rows[0]["original_budget_amount"], str)
    values = {row["Estimated Cost at Completion"] for row in rows}
    assert {None, "0.00"} < values
    assert "0.00" in {row["original_budget_amount"] for row in rows}  # E4
    assert any(not row["original_budget_amount"].endswith("00") for row in rows)
    assert rows[0]["cost_code_origin_id"].startswith("1:")
    plain = raw.all(path.format(views["Procore Standard Budget"]), project_id=ids["ready"])
    assert "Estimated Cost at Completion" not in plain[0]
    changes = raw.get(f"/rest/v1.0/projects/{ids['ready']}/budget_changes")["data"]
    assert {each["status"] for each in changes} == {"approved", "under_review", "draft", "void"}
    approved = [each for each in changes if each["status"] == "approved"]
    shown = raw.get(f"/rest/v1.0/projects/{ids['ready']}/budget_changes/{approved[0]['id']}")["data"]
    assert [line["amount"] for line in shown["adjustment_line_items"]] == [-1250.75, 1250.75]
    assert "origin_id" not in shown
    modified = sum(Decimal(row["budget_modifications"]) for row in rows)
    assert modified == sum((Decimal(str(each["amount"])) for each in approved), Decimal())
    lines = raw.get(f"/rest/v2.0/companies/4001/projects/{ids['ready']}/budget_changes/adjustment_line_items")["data"]
    assert len(lines) == 10
    assert isinstance(lines[0]["budget_change_id"], str)


@pytest.mark.parametrize("kind", ["work_order_contracts", "purchase_order_contracts"])
def test_commitments_ready_and_broken(raw: Raw, ids: dict[str, int], kind: str) -> None:
    project = ids["ready"]
    path = f"/rest/v1.0/{kind}"
    vendors = {each["id"]: each["origin_id"] for each in raw.all("/rest/v1.0/vendors", company_id=4001)}
    reasons: Counter[str] = Counter()
    for contract in raw.all(path, project_id=project):
        shown = raw.get(f"{path}/{contract['id']}", project_id=project)
        lines = shown["line_items"]
        assert Decimal(shown["grand_total"]) == sum((Decimal(line["amount"]) for line in lines), Decimal())
        if shown["origin_id"]:
            reasons["linked"] += 1
            continue
        types = {line["line_item_type"] and line["line_item_type"]["origin_id"] for line in lines}
        broken = {
            "vendor": not shown["vendor"] or not vendors[shown["vendor"]["id"]],
            "status": shown["status"] not in {"Approved", "Complete"},
            "lines": not lines,
            "mixed": len(types) > 1,
            "type": None in types,
            "number": len(shown["number"]) > 10,
        }
        reasons.update([name for name, is_so in broken.items() if is_so] or ["ready"])
    expected = {"vendor", "status", "lines", "mixed", "type", "number", "ready", "linked"}
    assert expected <= set(reasons) if kind == "work_order_contracts" else {"ready", "status", "mixed"} <= set(reasons)


def test_change_orders_ready_and_broken(raw: Raw, ids: dict[str, int]) -> None:
    project = ids["ready"]
    contracts = {each["id"]: each for each in raw.all("/rest/v1.0/work_order_contracts", project_id=project)}
    packages = raw.all("/rest/v1.0/change_order_packages", project_id=project)
    assert "type" not in packages[0]
    shown = [raw.get(f"/rest/v1.0/change_order_packages/{each['id']}", project_id=project) for each in packages]
    commitment = [each for each in shown if each["type"] == "CommitmentContractChangeOrder"]
    ready = next(each for each in commitment if each["title"] == "Doors & Türen")
    assert contracts[ready["contract_id"]]["origin_id"]
    assert ready["grand_total"] == "3900.35"
    assert {each["title"] for each in commitment} >= {
        "Commitment not exported", "Same number on another commitment", "Pending", "No lines", "Two cost types",
        "Code twice", "Number of 11 characters", "Number taken in Spectrum",
    }  # fmt: skip
    potentials = raw.all("/rest/v1.0/potential_change_orders", project_id=project)
    assert len(potentials) == len(packages)
    lines = raw.get(f"/rest/v2.0/companies/4001/projects/{project}/commitment_change_orders/{ready['id']}/line_items")
    assert {"commitment_line_item_id", "wbs_code"} <= lines["data"][0].keys()


def test_prime_change_orders_have_markup(raw: Raw, ids: dict[str, int]) -> None:
    project = ids["ready"]
    prime = raw.all("/rest/v1.0/prime_contracts", project_id=project)[0]
    items = raw.get(f"/rest/v1.0/prime_contracts/{prime['id']}/line_items", project_id=project)
    assert items[0]["origin_id"].endswith(":001")
    path = f"/rest/v1.0/projects/{project}/prime_change_orders"
    changes = raw.all(path, **{"filters[contract_id]": prime["id"]})
    change = next(each for each in changes if each["title"] == "Türen und Tore")
    package = raw.get(f"/rest/v1.0/change_order_packages/{change['legacy_package_id']}", project_id=project)
    first = package["line_items"][0]
    assert [each["markup"]["markup_set"] for each in first["markup_line_items"]] == ["horizontal", "vertical"]
    parts = [Decimal(line["total_amount"]) for line in package["line_items"]]
    parts += [Decimal(each["amount"]) for line in package["line_items"] for each in line["markup_line_items"]]
    assert Decimal(change["grand_total"]) == sum(parts)
    v2 = raw.get(f"/rest/v2.0/companies/4001/projects/{project}/prime_change_orders/{change['id']}/line_items")["data"]
    assert v2[0]["prime_line_item_id"] == str(items[0]["id"])
    assert re.fullmatch(r"\d\d-\d{4}\.\w", v2[0]["wbs_code"]["flat_code"])
    assert any(len(each["title"].strip()) > 255 for each in changes)  # J1
    assert {"pending", "approved"} == {each["status"] for each in changes}


def test_what_people_made_names_them_as_each_answer_is_published_to(raw: Raw, ids: dict[str, int]) -> None:
    """Commitments by id, change order packages by login, prime change orders by id and name, projects by login."""
    (made,) = [p for p in raw.all("/rest/v1.0/projects", company_id=4001) if p["id"] == ids["ready"]]
    assert set(made["created_by"]) == {"id", "login", "name"}
    project = {"project_id": ids["ready"]}
    contract = raw.all("/rest/v1.0/work_order_contracts", **project)[0]
    shown = raw.get(f"/rest/v1.0/work_order_contracts/{contract['id']}", **project)
    assert "created_by" not in shown
    user = raw.get(f"/rest/v1.3/companies/4001/users/{shown['created_by_id']}")
    assert user["id"] == shown["created_by_id"]
    assert "@" in user["email_address"]
    assert "login" not in user
    package = raw.all("/rest/v1.0/change_order_packages", **project)[0]
    assert isinstance(package["created_by_id"], int)
    whole = raw.get(f"/rest/v1.0/change_order_packages/{package['id']}", **project)
    assert whole["creator"]["id"] == package["created_by_id"]
    assert set(whole["creator"]) == {"id", "login", "name"}
    order = raw.all(f"/rest/v1.0/projects/{ids['ready']}/prime_change_orders", view="extended")[0]
    assert set(order["created_by"]) == {"id", "name"}
    assert raw.call("GET", "/rest/v1.3/companies/4001/users/7").status_code == 404


def test_load_vendors_and_changes_by_command(sandbox_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(sandbox_database, jobs=8, transactions=50)
    at = ["--database", sandbox_database]
    for command in (["--vendors", "20"], ["--vendors", "30", "--not-ready"], ["--vendors", "25"]):
        main(["procore", *at, "seed", *command])
    told = re.findall(r"(\d+) companies added", capsys.readouterr().out)
    assert told == ["20", "30", "5"]
    main(["procore", *at, "list", "vendor"])
    line = next(line for line in capsys.readouterr().out.splitlines() if "Load Test Company 00003" in line)
    main(["procore", *at, "change", line.split()[0], "name=Édouard’s Works", "is_active=false"])
    assert "Édouard’s Works" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="a vendor has the fields"):
        main(["procore", *at, "change", line.split()[0], "colour=red"])
    main(["procore", *at, "change", line.split()[0], "--delete"])
    main(["load", *at, "--jobs", "8", "--transactions", "10"])
    with psycopg.connect(sandbox_database) as connection:
        assert connection.execute("SELECT to_regnamespace('procore')").fetchone() == (None,)
