"""A5, A7: what is written is what was meant: no number of another country, no day before or after."""

from __future__ import annotations

import pytest

from tests.exports.endtoend.cases import CASES, assert_done
from tests.exports.endtoend.stage import Stage


def test_a5_a_phone_number_with_a_country_code_is_never_cut(stage: Stage) -> None:
    """`+45 33 12 34 56` used to be sent as the American number 4533123456."""
    id = CASES["vendors"].id(stage)
    stage.change_procore(id.record, business_phone="+45 33 12 34 56", fax_number="0045 33123456")
    stage.collect("vendors", id.record)
    row = stage.row("vendors", id)
    assert row is not None
    assert row.state == "not_ready"
    assert "phone holds '+45 33 12 34 56': a number with a country code is sent as it is" in (row.broken_text or "")
    assert "fax holds" not in (row.broken_text or ""), "13 characters fit"
    stage.change_procore(id.record, business_phone="+4533123456")
    document = stage.accept("vendors", id)
    assert (document.calls[0].fields["Phone"], document.calls[0].fields["Fax_Phone"]) == (
        "+4533123456",
        "0045 33123456",
    )
    stage.finish("vendors", id)
    assert_done(stage, "vendors", id, document)


@pytest.mark.parametrize(
    ("zone", "reviewed", "booked"),
    [
        ("America/Denver", "2026-09-01T00:00:00Z", "09/01/2026"),
        ("America/Denver", "2026-09-01T01:30:00Z", "08/31/2026"),
        ("Pacific/Auckland", "2026-08-31T22:00:00Z", "09/01/2026"),
        (None, "2026-09-01T01:30:00Z", "09/01/2026"),
    ],
)
def test_a7_the_approval_day_is_that_of_the_project(stage: Stage, zone: str | None, reviewed: str, booked: str) -> None:
    """Where Procore tells no zone, the settings' decides: UTC here."""
    name, id = "prime_contract_change_orders", CASES["prime_contract_change_orders"].id(stage)
    ((package,),) = stage.sandbox(
        "select id::text from procore.records where fields->>'prime_change_id' = %s", id.record
    )
    stage.change_procore(package, reviewed_at=reviewed)
    stage.change_procore(id.project, tz_name=zone, time_zone=None)
    document = stage.accept(name, id)
    assert {call.fields["Approved_Date"] for call in document.calls} == {booked}
    assert stage.finish(name, id).state == "linked"
    assert {written["Approved_Date"] for _, written in stage.journal()} == {booked}
