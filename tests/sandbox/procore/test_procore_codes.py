"""The stand-in Procore's codes (procore-import.md 5): lists, standard codes, copies, cost types, budget codes."""

from typing import Any

import pytest

from sandbox.procore.server import ProcoreServer
from tests.sandbox.procore.conftest import Raw

LISTS = "/rest/v1.0/standard_cost_code_lists"
STANDARD = "/rest/v1.0/standard_cost_codes"
CODES = "/rest/v1.0/cost_codes"
TYPES = "/rest/v1.0/line_item_types"


@pytest.fixture
def code_list(raw: Raw) -> int:
    """A list of a test's own."""
    body = {"company_id": 4001, "standard_cost_code_list": {"name": "A list of its own", "is_erp_list": True}}
    made = raw.call("POST", LISTS, body)
    assert (made.status_code, made.json()["is_erp_list"]) == (201, False)
    return int(made.json()["id"])


@pytest.fixture
def project(raw: Raw, server: ProcoreServer) -> int:
    """An empty project of a test's own."""
    server.switches.set("procore_new_projects", "permitted")
    body = {"company_id": 4001, "project": {"name": "Codes of its own"}}
    return int(raw.call("POST", "/rest/v1.0/projects", body).json()["id"])


def _standard(raw: Raw, code_list: int, *updates: dict[str, Any]) -> dict[str, Any]:
    body = {"company_id": 4001, "standard_cost_code_list_id": code_list, "updates": list(updates)}
    return dict(raw.call("PATCH", f"{STANDARD}/sync", body).json())


def _two_tiers(raw: Raw, code_list: int) -> dict[str, int]:
    tag = f"spectrum:1:STD{code_list}:"
    (top,) = _standard(raw, code_list, {"code": "03", "name": "Concrete", "origin_id": f"{tag}03"})["entities"]
    below = [
        {"code": "300", "name": "Slabs", "parent_id": top["id"], "origin_id": f"{tag}03-300"},
        {"code": "400", "name": "Walls", "parent_origin_id": f"{tag}03", "origin_id": f"{tag}03-400"},
    ]
    made = _standard(raw, code_list, *below)["entities"]
    return {each["full_code"]: each["id"] for each in (top, *made)}


def test_an_erp_list_is_one_for_good(raw: Raw, code_list: int) -> None:
    path = f"{LISTS}/{code_list}"
    for flag, status in ((False, 200), (True, 200), (False, 422)):
        body = {"company_id": 4001, "standard_cost_code_list": {"is_erp_list": flag}}
        assert raw.call("PATCH", path, body).status_code == status
    segments = {
        each["type"]: each["id"] for each in raw.get("/rest/v1.0/companies/4001/work_breakdown_structure/segments")
    }
    of = "/rest/v1.0/companies/4001/work_breakdown_structure/segments/{}/lists"
    flags = {each["id"]: each["erp_integrated"] for each in raw.get(of.format(segments["cost_code"]))}
    assert flags[code_list] is True
    assert raw.get(of.format(segments["custom"])) == []


def test_standard_codes_are_segments_and_their_default_view_is_bare(raw: Raw, code_list: int) -> None:
    codes = _two_tiers(raw, code_list)
    assert codes.keys() == {"03", "03-300", "03-400"}
    where = {"company_id": 4001, "standard_cost_code_list_id": code_list}
    assert raw.get(STANDARD, **where)[0].keys() == {"id", "standard_cost_code_list_id"}
    compact = raw.get(STANDARD, **where, view="compact")[0]
    assert compact.keys() == {"id", "standard_cost_code_list_id", "origin_id"}
    extended = {each["full_code"]: each for each in raw.get(STANDARD, **where, view="extended")}
    assert extended["03-300"]["code"] == "300"
    assert extended["03-300"]["parent_id"] == codes["03"]
    assert raw.call("GET", STANDARD, **where, view="wide").status_code == 400
    again = _standard(raw, code_list, {"code": "300", "name": "Twice", "parent_id": codes["03"]})
    assert again["errors"][0]["errors"] == {"code": ["has already been taken"]}


def test_a_standard_code_with_its_prefix_is_one_or_the_other(raw: Raw, server: ProcoreServer, code_list: int) -> None:
    """The two references disagree: what is right in one makes a code too long in the other."""
    codes = _two_tiers(raw, code_list)
    update = {"code": "03-500", "name": "Stairs", "parent_id": codes["03"]}
    assert _standard(raw, code_list, update)["entities"][0]["full_code"] == "03-03-500"
    server.switches.set("procore_standard_code", "full")
    assert _standard(raw, code_list, {**update, "code": "03-600"})["entities"][0]["full_code"] == "03-600"


def test_a_copy_answers_201_and_207_for_what_is_there_or_has_no_parent(raw: Raw, code_list: int, project: int) -> None:
    codes = _two_tiers(raw, code_list)

    def copy(*full: str) -> tuple[int, list[str], list[str]]:
        body = {
            "standard_cost_code_list_id": code_list,
            "standard_cost_code_ids": [codes[each] for each in full],
            "project_id": project,
        }
        answer = raw.call("POST", f"{CODES}/copy_subset_from_standard_list", body)
        return answer.status_code, [each["full_code"] for each in answer.json()["successes"]], answer.json()["failures"]

    assert copy("03-300") == (207, [], ["03-300"]), "its ancestors were not sent"
    assert copy("03-300", "03") == (201, ["03", "03-300"], [])
    assert copy("03", "03-400") == (207, ["03-400"], ["03"])
    held = raw.all(CODES, project_id=project)
    assert {each["standard_cost_code_id"] for each in held} == set(codes.values())


def test_origin_ids_of_codes_are_unique_per_company_not_per_project(
    raw: Raw, ids: dict[str, int], project: int
) -> None:
    update = {"updates": [{"code": "99", "name": "Ours", "origin_id": "spectrum:1:J1:99"}]}
    made = raw.call("PATCH", f"{CODES}/sync", update, project_id=project).json()["entities"]
    below = {"updates": [{"code": "100", "name": "Below", "parent_origin_id": "spectrum:1:J1:99"}]}
    child = raw.call("PATCH", f"{CODES}/sync", below, project_id=project).json()["entities"][0]
    assert (child["full_code"], child["parent"]["id"]) == ("99-100", made[0]["id"])
    elsewhere = raw.call("PATCH", f"{CODES}/sync", update, project_id=ids["ready"]).json()
    assert elsewhere["errors"][0]["errors"] == {"origin_id": ["has already been taken"]}


def test_the_sync_of_cost_types_knows_no_labor(raw: Raw) -> None:
    one = {"name": "Own labor", "csv_import_code": "QL", "base_type": "labor", "origin_id": "spectrum:1:QL"}
    answer = raw.call("PATCH", f"{TYPES}/sync", {"company_id": 4001, "updates": [one]}).json()
    assert answer["errors"] == [{**one, "errors": {"base_type": ["is not included in the list"]}}]
    made = raw.call("POST", TYPES, {"company_id": 4001, "line_item_type": one})
    assert (made.status_code, made.json()["base_type"], made.json()["code"]) == (201, "labor", "QL")


def test_budget_codes_are_made_once_and_renamed(raw: Raw, ids: dict[str, int], code_list: int, project: int) -> None:
    base = f"/rest/v1.0/projects/{project}/work_breakdown_structure"
    segments = {each["type"]: each["id"] for each in raw.get(f"{base}/segments")}
    items = f"{base}/segments/{{}}/segment_items"
    code = raw.call("POST", items.format(segments["cost_code"]), {"code": "07", "name": "Roofing"})
    assert (code.status_code, code.json()["path_code"]) == (201, "07")
    types = {each["code"]: each["id"] for each in raw.get(items.format(segments["line_item_type"]))}

    def combined(kind: str, **fields: Any) -> dict[str, Any]:
        pairs = [(segments["cost_code"], code.json()["id"]), (segments["line_item_type"], types[kind])]
        chosen = [{"segment_id": segment, "segment_item_id": item} for segment, item in pairs]
        return {"segment_items": chosen, **fields}

    def bulk(*codes: dict[str, Any]) -> dict[str, Any]:
        answer = raw.call("PATCH", f"{base}/wbs_codes/bulk_create", {"bulk": list(codes)})
        assert answer.status_code == 201
        return dict(answer.json())

    wrong = {"description": "No cost type", "segment_items": combined("L")["segment_items"][:1]}
    first = bulk(combined("L", description="Roofing labor"), combined("M"), wrong)
    assert [(each["flat_code"], each["description"]) for each in first["entities"]] == [
        ("07.L", "Roofing labor"),
        ("07.M", first["entities"][1]["description"]),
    ]
    assert [each["description"] for each in first["errors"]] == ["No cost type"]
    again = bulk(combined("L", description="Renamed"), combined("M"))["entities"]
    assert [each["id"] for each in again] == [each["id"] for each in first["entities"]]
    assert [each["description"] for each in again] == ["Renamed", first["entities"][1]["description"]]
    types_of_code = raw.all(CODES, project_id=project)[0]["line_item_types"]
    assert {each["code"] for each in types_of_code} == {"L", "M"}
    off = {"ids": [again[0]["id"]], "attributes": {"status": "inactive"}}
    answer = raw.call("PATCH", f"{base}/wbs_codes/update_all", off)
    assert (answer.status_code, answer.content) == (204, b"")
    living = raw.all(f"{base}/wbs_codes", **{"filters[status][]": "active"})
    assert [each["flat_code"] for each in living] == ["07.M"]
    unused = raw.call("POST", items.format(segments["cost_code"]), {"code": "08", "name": "Doors"}).json()["id"]
    renamed = raw.call("PATCH", f"{items.format(segments['cost_code'])}/{unused}", {"name": "Doors & frames"})
    assert renamed.json()["name"] == "Doors & frames"
    body = {"segment_item_ids": [code.json()["id"], unused]}
    gone = raw.call("DELETE", f"{items.format(segments['cost_code'])}/bulk_destroy", body)
    assert gone.status_code == 207
    assert [each["status"] for each in gone.json()] == [422, 204], "what is used stays"
