"""How projects are collected from Procore with their codes, and how the link is kept there (D1)."""

from typing import Any

from spectrum_etl.exports.objects.jobs import OBJECT
from spectrum_etl.exports.spec import RecordFilter
from spectrum_etl.model.record import RecordId
from tests.exports.objects.fakes import COMPANY, Procore
from tests.exports.objects.test_export_jobs import LIST, NEW

SHOWN = {
    "id": 601,
    "name": "Harbor School",
    "project_number": "25-001",
    "address": "1 Pier Road",
    "city": "Boston",
    "state_code": "MA",
    "zip": "02110",
    "created_at": "2026-02-03T23:10:00Z",
    "standard_cost_code_list_id": 3,
    "origin_id": None,
    "origin_code": None,
}
CODES = [
    {"id": 1, "full_code": "09", "code": "09", "name": "Finishes", "parent": {"id": None}, "line_item_types": []},
    {
        "id": 2,
        "full_code": "09-200",
        "code": "200",
        "name": "Drywall",
        "parent": {"id": 1},
        "biller_type": "Project",
        "line_item_types": [{"id": 8, "code": "S"}, {"id": 9, "code": "m"}],
    },
]


def procore(**changed: Any) -> Any:
    area = {"code": "N", "segment": {"type": "custom", "name": "Area"}}
    return Procore(
        {
            "/rest/v1.0/projects": [{"id": 601}, {"id": 602}],
            "/rest/v1.0/projects/601": {**SHOWN, **changed},
            "/rest/v1.0/standard_cost_code_lists": [{"id": 3, "name": LIST}],
            "/rest/v1.0/cost_codes": CODES,
            "/rest/v1.0/projects/601/work_breakdown_structure/wbs_codes": [{"id": 5, "segment_items": [area]}],
        }
    )


def test_projects_are_collected_with_their_codes() -> None:
    (found,) = OBJECT.collect(procore(), COMPANY, RecordFilter())
    assert (found.id, found.title) == (RecordId("001", "601", "601"), "Project Harbor School")
    assert found.content == {
        "project": NEW,
        "created_on": "2026-02-03",
        "list": LIST,
        "address": "1 Pier Road",
        "city": "Boston",
        "state": "MA",
        "zip": "02110",
        "codes": [
            {
                "code": "09-200",
                "phase": "09200",
                "description": "Drywall",
                "cost_types": ["M", "S"],
                "sub_job": False,
            }
        ],
        "segments": ["Area"],
    }
    assert OBJECT.read(procore(), COMPANY, found.id) == found
    assert OBJECT.read(procore(), COMPANY, RecordId("001", "602", "602")) is None
    assert [one.id.record for one in OBJECT.collect(procore(), COMPANY, RecordFilter(projects=("601",)))] == ["601"]


def test_the_link_in_procore() -> None:
    """D1: a project that is linked to the job already keeps its link."""
    assert OBJECT.mark is not None
    fresh, done = procore(), procore(origin_id="001:25-001", origin_code="25-001")
    for client in (fresh, done):
        OBJECT.mark(client, COMPANY, RecordId("001", "601", "601"), "25-001")
    ((_, path, body),) = fresh.written
    assert path == "/rest/v1.0/projects/601"
    assert body["project"]["origin_id"] == "001:25-001"
    assert body["project"]["origin_code"] == "25-001"
    assert done.written == []
    assert OBJECT.unmark is not None
    OBJECT.unmark(done, COMPANY, RecordId("001", "601", "601"))
    assert done.written[0][2]["project"]["origin_id"] is None


def test_b10_budget_codes_without_a_segment_free_their_code() -> None:
    """B4: of two budget codes of one cost code and type, one has a segment."""
    area = {"code": "N", "segment": {"type": "custom", "name": "Area"}}
    both = [{"code": "09-200", "segment": {"type": "cost_code"}}, {"code": "S", "segment": {"type": "line_item_type"}}]
    path = "/rest/v1.0/projects/601/work_breakdown_structure/wbs_codes"
    zoned, plain = {"id": 5, "segment_items": [*both, area]}, {"id": 6, "segment_items": both}
    for codes, segmented in (([zoned], [["09200", "S"]]), ([zoned, plain], None)):
        client = procore()
        client.answers[path] = codes
        (found,) = OBJECT.collect(client, COMPANY, RecordFilter(projects=("601",)))
        assert found.content.get("segmented") == segmented
        assert found.content["segments"] == ["Area"]
