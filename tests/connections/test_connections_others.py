"""A3, M4: Info-Link, Procore and the warehouse: reasons told apart, columns compared, results kept and overwritten."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import yaml
from connections_world import COMPANY, World, settings

from sandbox.data import layouts
from spectrum_etl.connections import run
from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.procore import check_procore
from spectrum_etl.connections.record import record
from spectrum_etl.connections.result import Checked, CheckedService, Finding, summary
from spectrum_etl.connections.warehouse import check_warehouse
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import Schedule
from spectrum_etl.settings.infolink import InfoLinkSettings
from spectrum_etl.warehouse.connect import connect
from stack.postgres import EmbeddedPostgres

BY_INFOLINK = settings(jobs="infolink", project_cost_codes="infolink", vendors="infolink")


def _infolink(world: World, **changes: object) -> Checked:
    return check_infolink(COMPANY, replace(world.infolink, **changes), BY_INFOLINK)  # type: ignore[arg-type]


def test_a3_infolink_is_connected_and_agrees(world: World) -> None:
    found = _infolink(world)
    assert (found.status, found.reason) == ("Connected", "")
    assert found.findings == ()


@pytest.mark.parametrize(
    ("changes", "fault", "cause"),
    [
        pytest.param({"password": "wrong"}, None, "wrong credentials", id="password"),
        pytest.param({}, "infolink_refuse_login", "wrong credentials", id="login"),
        pytest.param({"host": "no-such-host.invalid"}, None, "unknown host", id="host"),
        pytest.param({}, "infolink_blocked_ip", "address not allowed", id="address"),
        pytest.param({"port": 1}, None, "no answer", id="port"),
    ],
)
def test_a3_infolink_reasons_are_told_apart(world: World, changes: dict, fault: str | None, cause: str) -> None:
    if fault:
        world.faults.set(fault)
    found = _infolink(world, **changes)
    assert (found.status, found.cause) == ("Not connected", cause), found.reason
    assert found.remedy
    assert "wrong" not in found.reason or cause == "wrong credentials"
    assert found.findings is None


def test_m4_a_table_that_is_not_allowed(world: World) -> None:
    world.faults.set("infolink_deny_table", "VN_VENDOR_MASTER_MC")
    found = _infolink(world)
    assert (found.status, found.cause) == ("Not connected", "not permitted"), "the login works, but syncs cannot run"
    assert "VN_VENDOR_MASTER_MC cannot be read" in found.reason
    told = [f for f in found.findings or () if f.subject == "VN_VENDOR_MASTER_MC"]
    assert [(f.item, f.difference, f.stops) for f in told] == [("", "missing", True)]
    assert "stage of vendors" in told[0].affects
    assert "the exports" in told[0].affects
    assert "table security" in told[0].detail


@pytest.mark.parametrize(
    ("object_name", "table", "staged"),
    [
        ("subcontracts", "VN_SUBCONTRACT_PHASE_MC", "subcontract_items"),
        ("purchase_orders", "PO_PURCHASE_ORDER_DETAIL_MC", "purchase_order_lines"),
        ("payables", "VN_GL_DISTRIBUTION_DETAIL_MC", "vendor_invoice_distributions"),
    ],
)
def test_m4_a_table_that_only_an_object_on_demand_reads_is_told_and_stops_nothing(
    world: World, object_name: str, table: str, staged: str
) -> None:
    """A site that does not show the tables of an object for analysts sets its schedule to never, and is green."""
    never = BY_INFOLINK.model_copy(update={"schedules": {object_name: Schedule.NEVER}})
    company = COMPANY.model_copy(update={"procore_company_id": None})
    world.faults.set("infolink_deny_table", table)
    assert check_infolink(company, world.infolink, BY_INFOLINK).status == "Not connected"
    found = check_infolink(company, world.infolink, never)
    assert found.status == "Connected"
    assert [(f.subject, f.stops, f.affects) for f in found.findings or ()] == [
        (table, False, f"stage of {staged}, on demand")
    ]


@pytest.fixture
def altered(world: World) -> Iterator[World]:
    """The vendors' table with one required column and one other renamed, and one of another type."""
    table = 'dbo."VN_VENDOR_MASTER_MC"'
    changes = (("Vendor_Name", "Vendor_Title"), ("Zip_Code", "Postal_Code"))
    for before, after in changes:
        world.alter(f'alter table {table} rename column "{before}" to "{after}"')
    world.alter(
        f'alter table {table} alter column "State" drop default, alter column "State" drop not null,'
        ' alter column "State" type integer using null'
    )
    yield world
    for before, after in changes:
        world.alter(f'alter table {table} rename column "{after}" to "{before}"')
    world.alter(
        f'alter table {table} alter column "State" type varchar(2) using coalesce("State"::text, \' \'),'
        ' alter column "State" set default \' \', alter column "State" set not null'
    )


def test_m4_all_differences_of_a_table_are_told_also_beyond_the_first_that_stops(altered: World) -> None:
    found = {(f.item, f.difference): f for f in _infolink(altered).findings or ()}
    assert found.keys() == {
        ("Vendor_Name", "missing"),
        ("Vendor_Title", "new"),
        ("Zip_Code", "missing"),
        ("Postal_Code", "new"),
        ("State", "type"),
    }
    assert found["Vendor_Name", "missing"].stops
    assert not found["Zip_Code", "missing"].stops
    assert "stage of vendors" in found["Zip_Code", "missing"].affects


def test_m4_what_the_exports_only_assume_is_told_and_stops_nothing(world: World) -> None:
    """O1, D2: also that the template job's taxable flag is not shown."""
    with psycopg.connect(world.database) as connection:
        layouts.show(connection, "bare")
    try:
        world.alter('alter view shown."JC_JOB_MASTER_MC" rename column "Taxable_Flag" to "Taxed"')
        world.alter('alter view shown."JC_PROJ_COST_HISTORY_MC" rename column "Amount" to "Cost"')
        found = {(f.subject, f.item): f for f in _infolink(world).findings or () if "the exports" in f.affects}
    finally:
        with psycopg.connect(world.database) as connection:
            layouts.show(connection, "hosted")
    for place in (
        ("CR_CHNG_REQ_REV_MC", "Billing_Item"),
        ("CR_BID_ITEM_DES_MC", "Billing_Item"),
        ("JC_JOB_MASTER_MC", "Taxable_Flag"),
        ("JC_PROJ_COST_HISTORY_MC", "Amount"),
    ):
        assert not found[place].stops, place
    assert [place for place, each in found.items() if each.stops] == []


def test_a3_procore(world: World) -> None:
    assert check_procore(COMPANY, world.procore).status == "Connected"
    refused = check_procore(COMPANY, replace(world.procore, client_secret="another"))
    assert (refused.status, refused.cause) == ("Not connected", "wrong credentials")
    assert "another" not in repr(refused)
    nowhere = check_procore(COMPANY, replace(world.procore, base_url="https://no-such-host.invalid"))
    assert nowhere.cause == "unknown host"
    elsewhere = check_procore(COMPANY.model_copy(update={"procore_company_id": 4002}), world.procore)
    assert (elsewhere.status, elsewhere.cause) == ("Not connected", "not permitted")


def test_a3_warehouse(database: str) -> None:
    assert check_warehouse(COMPANY, database).status == "Connected"
    assert check_warehouse(COMPANY, f"{database}_not_there").cause == "configuration"
    assert check_warehouse(COMPANY, "postgresql://user:secret@127.0.0.1:1/none").cause == "no answer"
    refused = check_warehouse(COMPANY, database.replace("@", "-and-more@"))
    assert (refused.cause, refused.reason.endswith("refused the login")) == ("wrong credentials", True)


_LETS_IN_OTHERS = 'host all "/^(?!stranger$)" 127.0.0.1/32 scram-sha-256\n'


@pytest.fixture
def host_rules(database: str) -> Iterator[Callable[[str], None]]:
    """Replaces the server's rules of who may come from where; those of before come back at the end."""

    def replace_by(text: str) -> None:
        file.write_text(text, encoding="utf-8")
        before = administrator.execute("select pg_conf_load_time(), pg_reload_conf()").fetchone()
        for _ in range(100):
            if _ask(database, "select pg_conf_load_time()")[0] > (before or ())[:1]:
                return
            time.sleep(0.05)
        raise AssertionError("the server has not read its rules again")

    with psycopg.connect(database, autocommit=True) as administrator:
        (name,) = administrator.execute("show hba_file").fetchone() or ("",)
        file = Path(name)
        rules = file.read_text(encoding="utf-8")
        yield replace_by
        replace_by(rules)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (_LETS_IN_OTHERS, "no pg_hba.conf entry"),
        (f"host all stranger all reject\n{_LETS_IN_OTHERS}", "pg_hba.conf rejects"),
    ],
)
def test_a3_an_address_that_the_warehouse_does_not_let_in_is_no_wrong_password(
    postgres: EmbeddedPostgres, database: str, host_rules: Callable[[str], None], rules: str, said: str
) -> None:
    postgres.create_role("stranger", "a-secret")
    host_rules(rules)
    found = check_warehouse(COMPANY, postgres.url(database.rpartition("/")[2], "stranger", "a-secret"))
    assert (found.status, found.cause) == ("Not connected", "address not allowed")
    assert said in found.reason
    assert '"127.0.0.1", user (the login)' in found.reason or "(the host), user (the login)" in found.reason
    assert "pg_hba.conf" in found.remedy
    assert "sslmode" in found.remedy
    assert "a-secret" not in repr(found)


def test_a3_a_wrong_password_stays_one_where_the_driver_asks_again_without_encryption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise psycopg.OperationalError(
            'FATAL:  password authentication failed for user "sync"\n'
            'FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "sync", database "warehouse", no encryption'
        )

    monkeypatch.setattr(psycopg, "connect", refuse)
    assert check_warehouse(COMPANY, "postgresql://sync:secret@db/warehouse").cause == "wrong credentials"


def _ask(url: str, query: str) -> list[tuple]:
    with connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[call-overload]


def _checked(company: str = "1", **changes: object) -> Checked:
    found = Checked(
        company,
        "spectrum_sdx",
        "web services",
        services=(CheckedService("GetJob", "reads", True, "jobs", "Enabled"),),
        findings=(Finding("GetJob", "pDivision", "missing", False, "not declared", "jobs: nothing"),),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def test_each_check_overwrites_what_it_looked_at(database: str) -> None:
    record(database, "web services", "1", _checked(), settings(), "run_1")
    first = _ask(database, "select status, cause, run_id, checked_at from sync.connections")
    assert [row[:3] for row in first] == [("Connected", "", "run_1")]
    assert len(_ask(database, "select 1 from sync.connection_findings")) == 1
    broken = _checked(cause="unknown host", reason="r", remedy="m", findings=None)
    record(database, "web services", "1", broken, settings(), "run_2")
    second = _ask(database, "select status, cause, run_id, checked_at from sync.connections")
    assert [row[:3] for row in second] == [("Not connected", "unknown host", "run_2")]
    assert second[0][3] > first[0][3]
    assert len(_ask(database, "select 1 from sync.connection_findings")) == 1, "it was not looked at"
    record(database, "web services", "1", _checked(findings=()), settings(), "run_3")
    assert _ask(database, "select 1 from sync.connection_findings") == []


def test_what_is_no_longer_configured_is_forgotten(database: str) -> None:
    record(database, "web services", "9", _checked("9"), settings().model_copy(update={"companies": ()}), "run_1")
    record(database, "web services", "1", _checked(), settings(), "run_2")
    assert _ask(database, "select company_code from sync.connections") == [("1",)]
    record(database, "web services", "1", None, settings(), "run_3")
    for table in ("connections", "connection_services", "connection_findings"):
        assert _ask(database, f"select 1 from sync.{table}") == []  # noqa: S608


def test_a_connection_that_airflow_lacks_is_a_result_and_no_crash(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(conn_id: str) -> None:
        raise FixConfiguration(f"there is no Airflow connection {conn_id!r}", remedy="create it")

    monkeypatch.setattr("spectrum_etl.credentials.airflow_connection", missing)
    monkeypatch.setattr(run, "warehouse_url", lambda: database)
    found = [
        run.check(kind, COMPANY, settings(), "r") for kind in ("web services", "Info-Link", "Procore", "warehouse")
    ]
    assert [one.cause for one in found if one] == ["configuration", "configuration", "configuration", ""]
    rows = _ask(database, "select kind, status from sync.connections order by kind")
    assert rows == [
        ("Info-Link", "Not connected"),
        ("Procore", "Not connected"),
        ("warehouse", "Connected"),
        ("web services", "Not connected"),
    ]
    told = summary([one.to_dict() for one in found if one])
    assert "there is no Airflow connection 'procore'. What to do: create it." in told
    assert "company 1, warehouse (warehouse): Connected" in told


def test_a_warehouse_that_is_gone_hides_no_other_result(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "warehouse_url", lambda: "postgresql://user:secret@127.0.0.1:1/none")
    monkeypatch.setattr(run, "_infolink", lambda company, settings, conn_id: _infolink(world))
    found = run.check("Info-Link", COMPANY, settings(), "r")
    assert found is not None
    assert found.status == "Connected"


def test_o1_what_is_missing_is_shown_with_what_is_most_like_it_and_the_lines_to_paste(world: World) -> None:
    """Pasted, the site is as good as any other; nothing is taken before somebody has looked."""
    table = "VN_VENDOR_MASTER_MC"
    renamed = {"Vendor_Name": "Name of Vendor", "Zip_Code": "ZipCd", "Phone": "Zebra"}
    for before, after in renamed.items():
        world.alter(f'alter table dbo."{table}" rename column "{before}" to "{after}"')
    try:
        found = {(f.item, f.difference): f for f in _infolink(world).findings or ()}
        pasted: dict[str, str] = {}
        for (item, _), finding in found.items():
            if finding.paste:
                [(company, site)] = yaml.safe_load(finding.paste)["infolink"]["names"].items()
                assert (company, list(site)) == ("1", [table])
                assert list(site[table]["columns"]) == [item]
                pasted |= site[table]["columns"]
        named = {"names": {"1": {table: {"columns": {**pasted, "Phone": "zebra"}}}}}
        as_pasted = BY_INFOLINK.model_copy(update={"infolink": InfoLinkSettings.model_validate(named)})
        left = check_infolink(COMPANY, world.infolink, as_pasted)
    finally:
        for before, after in renamed.items():
            world.alter(f'alter table dbo."{table}" rename column "{after}" to "{before}"')
    assert found["Vendor_Name", "missing"].closest == "Name of Vendor varchar(30)"
    assert pasted == {"Vendor_Name": "Name of Vendor", "Zip_Code": "ZipCd"}, "nothing is like Phone"
    assert found["Phone", "missing"].closest == ""
    assert (left.status, left.findings) == ("Connected", ())


def test_o1_a_table_of_another_name_is_shown_and_one_without_likeness_stays_missing(world: World) -> None:
    renamed = {"JC_COST_TYPE_MASTER_MC": "COST_TYPES", "CR_CONTRACT_MASTER_MC": "ZEBRAS"}
    for before, after in renamed.items():
        world.alter(f'alter table dbo."{before}" rename to "{after}"')
    try:
        found = {f.subject: f for f in _infolink(world).findings or () if not f.item}
    finally:
        for before, after in renamed.items():
            world.alter(f'alter table dbo."{after}" rename to "{before}"')
    assert found["JC_COST_TYPE_MASTER_MC"].closest == "COST_TYPES"
    assert yaml.safe_load(found["JC_COST_TYPE_MASTER_MC"].paste)["infolink"]["names"]["1"] == {
        "JC_COST_TYPE_MASTER_MC": {"table": "COST_TYPES"}
    }
    assert (found["CR_CONTRACT_MASTER_MC"].closest, found["CR_CONTRACT_MASTER_MC"].paste) == ("", "")
