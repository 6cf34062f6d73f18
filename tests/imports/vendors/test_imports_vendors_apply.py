"""N2, N3, N4, N11: what applying a plan of vendors does, and what it does not."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from spectrum_etl.errors import RetryLater
from spectrum_etl.sources.faults import NotAllowed
from tests.imports.vendors.imports_world import WRITING, Kill, World, killed_after, settings


def test_n3_vendors_are_created_linked_and_read_back(world: World) -> None:
    world.vendor("acme", "Acme", city="Akron", state="OH")
    world.vendor("BOLT", "Bolt")
    bolt = world.company("Bolt", city="Dayton", business_phone="1")
    world.run()
    acme = world.named("Acme")
    assert (acme["origin_id"], acme["origin_code"], acme["city"]) == ("spectrum:1:ACME", "acme", "Akron")
    linked = world.named("Bolt")
    assert (linked["origin_id"], linked["origin_code"]) == ("spectrum:1:BOLT", "BOLT")
    assert (linked["city"], linked["business_phone"]) == ("Dayton", "1"), "nothing else was written"
    assert world.links() == {"acme": acme["id"], "BOLT": bolt}
    assert world.query("select kind, state, decided_by, differs from procore.calls order by 1") == [
        ("create", "applied", "boss", None),
        ("link", "applied", "boss", None),
    ]
    assert world.query("select count(*) from procore.calls where compared_at is null") == [(0,)]
    assert world.query("select linked, plan_row_id from export.claims") == [(True, None)] * 2
    world.plan()
    assert world.standing() == {}


def test_n2_nothing_is_written_that_was_not_accepted(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.plan()
    world.procore.server.calls.reset()
    assert world.apply().counts == {}
    assert world.compare().equal == 0
    assert world.calls() == 0, "and without an accepted row Procore is not even asked"


def test_n3_an_inactive_company_is_made_active_and_linked(world: World) -> None:
    world.procore.fault("procore_inactive_writable", "off")
    world.vendor("ACME", "Acme")
    acme = world.company("Acme", is_active=False)
    world.run()
    assert world.links() == {"ACME": acme}
    assert world.named("Acme")["is_active"] is True
    assert world.query("select kind from procore.calls order by call_id") == [("reactivate",), ("link",)]


def test_n4_a_linked_company_follows_what_the_setting_names_and_only_what_changed(world: World) -> None:
    world.vendor("ACME", "Acme", city="Akron", phone="1")
    world.company("Acme", city="Dayton", business_phone="9")
    world.run()
    world.change_vendor("ACME", phone="2", vendor_email="a@acme.example")
    world.plan()
    assert world.standing() == {}, "off is honoured"
    world.settings = settings(update=["name", "address", "phone", "fax"])
    world.plan()
    [row] = world.rows().values()
    assert (row.kind, row.before, row.after) == ("update", {"business_phone": "9"}, {"business_phone": "2"})
    assert row.state == "suggested", "the company had another number when it was linked: a person looks"
    world.decide()
    world.apply()
    acme = world.named("Acme")
    assert (acme["business_phone"], acme["city"], acme.get("email_address")) == ("2", "Dayton", None)
    world.change_vendor("ACME", vendor_name="Acme Group", phone=None)
    world.settings = settings(update=["name", "phone"], ask="changes")
    world.plan()
    assert world.standing() == {"ACME": ("update", "accepted")}
    world.apply()
    acme = world.named("Acme Group")
    assert acme["business_phone"] in (None, "")
    assert world.compare().differing == []


def test_n4_what_somebody_changed_in_procore_is_shown_and_not_overwritten_by_itself(world: World) -> None:
    world.settings = settings(update=["phone"], ask="never")
    world.vendor("ACME", "Acme", phone="1")
    world.run()
    world.procore.change(world.named("Acme")["id"], business_phone="5")
    world.change_vendor("ACME", phone="2")
    world.plan()
    [row] = world.rows().values()
    assert (row.state, row.before, row.after) == ("suggested", {"business_phone": "5"}, {"business_phone": "2"})
    assert "somebody has changed this in Procore" in (row.reason or "")


def test_n4_what_procore_made_of_a_value_itself_is_no_change_of_somebody(world: World) -> None:
    world.settings = settings(update=["name", "address"], ask="never")
    world.procore.fault("procore_text", "tidied")
    for code in ("ACME", "BOLT"):
        world.vendor(code, f"Mu\u0308ller {code}", city="Akron")
    world.plan()
    world.decide()
    world.apply()
    for name in ("A", "B"):
        for code in ("ACME", "BOLT"):
            world.change_vendor(code, vendor_name=f"Bru\u0308cke {code} {name}")
        world.plan()
        assert world.standing() == {code: ("update", "accepted") for code in ("ACME", "BOLT")}
        world.apply()
        assert world.compare().differing == []
    bolt = world.named("Br\u00fccke BOLT B")
    world.procore.change(bolt["id"], name="Bolt")
    for code in ("ACME", "BOLT"):
        world.change_vendor(code, vendor_name=f"Holz {code}")
    world.plan()
    assert world.standing() == {"ACME": ("update", "accepted"), "BOLT": ("update", "suggested")}


def test_c3_a_link_that_was_made_by_hand_follows_from_then_on(world: World) -> None:
    world.settings = settings(update=["phone"])
    world.vendor("ACME", "Acme", phone="1")
    acme = world.company("Acme", business_phone="9", origin_id="1:ACME")
    world.query(
        "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
        " values ('vendors', '1', '', %s, 'acme', 'by hand', 'ann')",
        str(acme),
    )
    world.plan()
    assert world.standing() == {}, "never the difference that was there at the link"
    world.change_vendor("ACME", phone="2")
    world.plan()
    assert world.standing() == {"ACME": ("update", "suggested")}


@pytest.mark.parametrize("side", ["Spectrum", "Procore", "another company"])
def test_n2_a_row_that_changed_since_it_was_accepted_is_put_back_and_the_others_go_on(world: World, side: str) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt")
    world.vendor("NEW", "New")
    acme = world.company("Acme")
    world.plan()
    world.decide()
    changed = "ACME" if side == "Procore" else "NEW" if side == "another company" else "BOLT"
    if side == "Spectrum":
        world.change_vendor("BOLT", city="Akron")
    elif side == "Procore":
        world.procore.change(acme, city="Akron")
    else:
        world.company("New")
    assert world.apply().counts == {"put back": 1, "applied": 2}
    assert set(world.links()) == {"ACME", "BOLT", "NEW"} - {changed}
    assert world.query("select count(*) from export.claims where not linked") == [(0,)]
    world.plan()
    assert list(world.rows()) == [changed]
    world.decide()
    world.apply()
    assert set(world.links()) == {"ACME", "BOLT", "NEW"}
    assert sorted(each["name"] for each in world.companies()) == ["Acme", "Bolt", "New"]


def test_n2_each_row_is_refused_for_itself_and_says_what_procore_said(world: World) -> None:
    for code in ("A", "B", "C"):
        world.vendor(code, f"Vendor {code}")
    world.procore.fault("procore_unique_names", "companies")
    world.plan()
    world.decide()
    world.company("Vendor B", origin_id="1:OTHER")
    done = world.apply()
    assert done.counts == {"failed": 1, "applied": 2}
    row = world.rows()["B"]
    assert (row.state, row.field, row.value) == ("failed", "name", "Vendor B")
    assert "Procore refused the record" in (row.reason or "")
    assert row.remedy
    assert set(world.links()) == {"A", "C"}
    assert world.query("select count(*) from export.claims where not linked") == [(0,)]
    assert world.query("select state, answer is not null from procore.calls where spectrum_key = 'B'") == [
        ("refused", True)
    ]


@pytest.mark.parametrize(
    ("fault", "value", "count"),
    [
        ("procore_lost_answer", None, 3),
        ("procore_500_after", None, 3),
        ("procore_sync_stops", "3", 2),
        ("procore_most_updates", "4", None),
        ("procore_rate_limit", "1", 2),
        ("procore_503", "1", 2),
        ("procore_multi_status", None, None),
        ("procore_token_expired", None, 1),
        ("procore_random_400", None, 1),
    ],
)
def test_n11_each_company_is_there_once_whatever_happens(
    world: World, fault: str, value: str | None, count: int | None
) -> None:
    for n in range(12):
        world.vendor(f"V{n}", f"Vendor {n}")
    world.company("Vendor 3")
    world.plan()
    world.decide()
    world.procore.fault(fault, value, count)
    for _ in range(3):
        try:
            world.apply()
        except RetryLater:
            continue
    world.procore.server.switches.clear(fault)
    world.apply()
    assert world.compare().differing == []
    assert sorted(each["name"] for each in world.companies()) == sorted(f"Vendor {n}" for n in range(12))
    assert len(world.links()) == 12
    assert world.query("select distinct state from procore.plan_rows") == [("applied",)]


def test_n11_what_procore_cannot_take_now_is_told_and_taken_by_the_next_try(world: World) -> None:
    for n in range(60):
        world.vendor(f"V{n}", f"Vendor {n}")
    world.plan()
    world.decide()
    world.procore.fault("procore_sync_stops", "10")
    with pytest.raises(RetryLater, match="not everything could be applied"):
        world.apply()
    states = dict(world.query("select state, count(*) from procore.plan_rows group by 1"))
    assert states.get("unknown", 0) > 0
    world.procore.server.switches.clear("procore_sync_stops")
    world.apply()
    assert len(world.companies()) == len(world.links()) == 60


def test_n11_a_missing_permission_ends_the_task_and_leaves_every_row_accepted(world: World) -> None:
    world.vendor("A", "Vendor A")
    world.plan()
    world.decide()
    world.procore.fault("procore_access", "directory=read_only")
    with pytest.raises(NotAllowed):
        world.apply()
    world.procore.server.switches.clear("procore_access")
    world.apply()
    assert set(world.links()) == {"A"}


@pytest.mark.parametrize("step", range(1, 24))
def test_n11_killed_anywhere_and_started_again(world: World, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    for n in range(3):
        world.vendor(f"V{n}", f"Vendor {n}")
    world.company("Vendor 1")
    world.company("Vendor 2", is_active=False)
    killed = False
    with killed_after(step, monkeypatch):
        try:
            world.plan()
            world.decide()
            world.apply()
            world.compare()
        except Kill:
            killed = True
    for _ in range(2):
        world.run()
    assert killed, "there are fewer steps than that"
    assert sorted(each["name"] for each in world.companies()) == ["Vendor 0", "Vendor 1", "Vendor 2"]
    assert len(world.links()) == 3
    assert world.query("select count(*) from procore.plan_rows where state in ('applying', 'unknown')") == [(0,)]
    assert world.query("select count(*) from procore.calls where state in ('intent', 'unknown')") == [(0,)]


def test_n11_two_runs_at_once_make_each_company_once(world: World) -> None:
    for n in range(30):
        world.vendor(f"V{n}", f"Vendor {n}")
    world.plan()
    world.decide()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            world.apply()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert len(world.companies()) == len(world.links()) == 30


def test_n11_a_warehouse_of_yesterday_finds_its_own_companies_again(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.run()
    acme = world.named("Acme")["id"]
    world.query("truncate export.claims, export.links, procore.plan_rows, procore.plans, procore.calls")
    world.plan()
    [row] = world.rows().values()
    assert (row.kind, row.state, row.record_id, row.attributes) == ("link", "ready", str(acme), ["our origin id"])
    world.decide()
    world.apply()
    assert world.links() == {"ACME": acme}
    assert len(world.companies()) == 1


def test_n3_a_company_that_is_gone_and_a_vendor_that_is_gone_are_told(world: World) -> None:
    world.vendor("ACME", "Acme")
    world.vendor("BOLT", "Bolt")
    world.run()
    import psycopg

    with psycopg.connect(world.procore.url, autocommit=True) as connection:
        connection.execute("DELETE FROM procore.records WHERE id = %s", [world.named("Acme")["id"]])
    world.change_vendor("BOLT", _deleted_at="2026-09-01")
    world.plan()
    rows = world.rows()
    assert world.standing() == {"ACME": ("gone", "not ready"), "BOLT": ("gone", "not ready")}
    assert "merged into another" in (rows["ACME"].reason or "")
    assert "Spectrum no longer has it" in (rows["BOLT"].reason or "")


def test_compare_takes_composed_accents_for_the_same_text(world: World) -> None:
    world.procore.fault("procore_text", "tidied")
    apart, composed = "Mu\u0308ller Bau", "M\u00fcller Bau"
    world.vendor("MULLER", apart)
    world.run()
    assert [each["name"] for each in world.companies()] == [composed]
    world.plan()
    assert world.standing() == {}


def test_compare_tells_what_procore_holds_otherwise(world: World) -> None:
    world.vendor("ACME", "Acme", city="Akron")
    world.plan()
    world.decide()
    world.apply()
    world.procore.change(world.named("Acme")["id"], city="Dayton")
    found: Any = world.compare()
    assert len(found.differing) == 1
    assert "city: sent 'Akron', holds 'Dayton'" in found.differing[0]
    assert world.query("select differs from procore.calls") == [({"city": ["Akron", "Dayton"]},)]
    assert world.compare().differing == [], "told once"
    world.procore.server.calls.reset()
    world.compare()
    assert world.calls(*WRITING) == world.calls() == 0
