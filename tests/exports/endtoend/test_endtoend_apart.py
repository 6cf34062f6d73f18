"""B10, B12: one record stops no other, and none is left out in silence."""

from __future__ import annotations

import pytest

from tests.exports.endtoend.cases import CASES, NEW_CODES, assert_done
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage


def test_b10_a_budget_code_with_a_custom_segment_keeps_no_other_code_back(stage: Stage) -> None:
    """B4, B5: of three new codes of a synced project, the one that exists only with the segment is left out."""
    id = NEW_CODES.id(stage)
    whole = stage.accept("jobs", id)
    stage.reset()
    last = whole.calls[-1].key
    ((code, items),) = stage.sandbox(
        "select w.id::text, w.fields->'segment_items' from procore.records as w where w.kind = 'wbs_code'"
        " and w.project_id = %s and replace(replace(w.fields->>'flat_code', '-', ''), '.', '') = %s",
        int(id.record),
        f"{last['Phase_Code']}{last['Cost_Type']}",
    )
    ((segment, item),) = stage.sandbox(
        "select s.id, i.id from procore.records as s join procore.records as i on i.parent_id = s.id"
        " where s.kind = 'segment' and s.fields->>'type' = 'custom' and s.company_id = %s",
        PROCORE_COMPANY,
    )
    stage.change_procore(code, segment_items=[*items, {"segment_id": segment, "item_id": item}])
    document = stage.accept("jobs", id)
    assert [call.key for call in document.calls] == [call.key for call in whole.calls[:-1]]
    assert stage.finish("jobs", id).state == "linked"
    assert_done(stage, "jobs", id, document)


def test_b12_a_company_that_is_not_said_to_be_active_is_shown(stage: Stage) -> None:
    """C1: `is_active` null used to be left out in silence."""
    id = CASES["vendors"].id(stage)
    stage.change_procore(id.record, is_active=None)
    stage.collect("vendors")
    row = stage.row("vendors", id)
    assert row is not None
    assert row.state == "not_ready"
    assert "Procore does not say whether the company is active" in (row.broken_text or "")
    stage.change_procore(id.record, is_active=False)
    stage.collect("vendors")
    assert stage.row("vendors", id) is None, "one that is inactive is not offered"


@pytest.mark.parametrize("name", ["commitments", "commitment_change_orders"])
@pytest.mark.parametrize(("origin", "shown"), [("SAGE-7", True), ("1:ANY/7", False), ("spectrum:1:ANY/7", False)])
def test_b12_a_contract_with_the_id_of_another_system_is_shown(
    stage: Stage, name: str, origin: str, shown: bool
) -> None:
    """G1, H1: as not ready with the reason. One that carries an id of ours was synced by this package."""
    id = CASES[name].id(stage)
    stage.sandbox("update procore.records set origin_id = %s where id = %s", origin, int(id.record))
    found = stage.collect(name, projects=(id.project,))
    assert id not in [row.id for row in found.chosen]
    row = stage.row(name, id)
    assert (row is not None) == shown
    if row is not None:
        assert row.state == "not_ready"
        assert f"is already linked to the accounting record {origin}, which was not written from here" in (
            row.broken_text or ""
        )
    assert stage.journal() == []
