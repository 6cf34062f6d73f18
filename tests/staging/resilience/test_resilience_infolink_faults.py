"""Info-Link misbehaves (A3, M3, M4): a sync ends published, or with the table untouched and a helpful message."""

# ruff: noqa: S608  queries are put together from names in this file

from dataclasses import replace
from typing import Any

import pytest

from sandbox.data.drift import add_column, drop_column, retype_column
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from tests.staging.resilience.harness import PASSWORD, World, assert_explained, settings_with
from tests.staging.resilience.oracle import assert_equals_source, fingerprint

pytestmark = pytest.mark.usefixtures("without_checks")

RENAME = """UPDATE "VN_VENDOR_MASTER_MC" SET "Vendor_Name" = 'Renamed ' || left("Vendor_Name", 20)"""
REPRICE = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Tran_Amount" = "Tran_Amount" + 1"""


def test_everything_staged_equals_the_source(world: World) -> None:
    """What every test here starts from, for both companies."""
    assert_equals_source(world)
    world.sync("vendors", company="2")
    assert_equals_source(world, "vendors", company="2")


@pytest.mark.parametrize(
    ("fault", "value", "name", "kind", "words"),
    [
        ("infolink_refuse_login", None, "vendors", Reauthenticate, ("company 1", "password", "spectrum_infolink")),
        ("infolink_blocked_ip", None, "vendors", RetryLater, ("company 1", "IP address")),
        ("infolink_deny_table", "VN_VENDOR_MASTER_MC", "vendors", FixConfiguration, ("VN_VENDOR_MASTER_MC",)),
        ("infolink_deny_table", "CR_BID_ITEM_DES_MC", "prime_contracts", FixConfiguration, ("CR_BID_ITEM_DES_MC",)),
        ("infolink_drop_after_rows", "20", "vendors", RetryLater, ("VN_VENDOR_MASTER_MC", "company 1")),
        ("infolink_drop_after_rows", "100", "job_costs", RetryLater, ("JC_TRANSACTION_HISTORY_MC", "company 1")),
    ],
)
def test_a_fault_leaves_the_table_untouched_and_the_next_sync_is_right(
    world: World, fault: str, value: str | None, name: str, kind: type[SpectrumEtlError], words: tuple[str, ...]
) -> None:
    """The fault meets a sync that has changes to publish; afterwards the same sync publishes them."""
    world.change(RENAME)
    world.change(REPRICE)
    before, run = fingerprint(world, name), world.run()
    with world.fault(fault, value), pytest.raises(kind) as caught:
        world.sync(name, run)
    assert_explained(world, name, caught.value, run, *words)
    assert fingerprint(world, name) == before
    world.sync(name)
    assert_equals_source(world, name)


def test_a_connection_that_breaks_once_is_made_good_by_the_retry(world: World) -> None:
    """The retried task lands again; the first try's tables go with the run's teardown."""
    world.change(REPRICE)
    run = world.run()
    with world.fault("infolink_drop_after_rows", "150", count=1), pytest.raises(RetryLater):
        world.land("job_costs", run)
    world.sync("job_costs", world.run(2, run.run_id))
    assert_equals_source(world, "job_costs")
    assert world.ask("select count(*) from sync.landings where run_id = %s", run.run_id) == [(2,)]


def test_a_slow_answer_is_waited_for_and_a_too_slow_one_is_not(world: World) -> None:
    """The time limit is the connection's own; its message says so."""
    world.change(RENAME)
    with world.fault("infolink_slow_ms", "300"):
        world.sync("vendors")
    assert_equals_source(world, "vendors")
    before, run = fingerprint(world, "vendors"), world.run()
    hasty = replace(world, infolink=replace(world.infolink, query_timeout=1))
    with world.fault("infolink_slow_ms", "2500"), pytest.raises(RetryLater) as caught:
        hasty.sync("vendors", run)
    assert_explained(world, "vendors", caught.value, run, "company 1", "query_timeout")
    assert fingerprint(world, "vendors") == before


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        ({"password": "wrong-Geheim"}, Reauthenticate, ("login and password",)),
        ({"user": "nobody"}, Reauthenticate, ("login and password", "spectrum_infolink")),
        ({"host": "no-such-host.invalid"}, FixConfiguration, ("no host of this name", "host")),
        ({"database": "Nowhere"}, FixConfiguration, ("cannot open the database", "schema")),
        ({"port": 1}, RetryLater, ("refused the connection", "host and port")),
        ({"encryption": "require"}, RetryLater, ("encryption",)),
    ],
)
def test_wrong_credentials_and_addresses_are_told_apart(
    world: World, wrong: dict[str, Any], kind: type[SpectrumEtlError], words: tuple[str, ...]
) -> None:
    """A3: each has its own class and remedy, and no password is told, not even a wrong one."""
    before, run = fingerprint(world, "jobs"), world.run()
    with pytest.raises(kind) as caught:
        replace(world, infolink=replace(world.infolink, **wrong)).sync("jobs", run)
    assert_explained(world, "jobs", caught.value, run, "company 1", *words)
    held = [str(wrong[name]) for name in wrong.keys() & {"password", "user", "host", "database"}]
    assert not any(value in caught.value.message for value in held)
    assert PASSWORD not in repr(world.infolink)
    assert fingerprint(world, "jobs") == before


def test_a_company_that_is_not_configured_is_named_with_those_that_are(world: World) -> None:
    """A1: nothing is read for it."""
    with pytest.raises(FixConfiguration, match=r"company '9' is not configured; configured: 1, 2.*What to do"):
        world.sync("jobs", company="9")


def test_a_company_that_the_source_no_longer_holds_is_not_deleted(world: World) -> None:
    """An empty answer, though the login works: the mass-delete guard stands between it and the table."""
    world.change("""UPDATE "VN_VENDOR_MASTER_MC" SET "Company_Code" = '  7' WHERE btrim("Company_Code") = '1'""")
    before, run = fingerprint(world, "vendors"), world.run()
    with pytest.raises(StopSync) as caught:
        world.sync("vendors", run)
    assert "vendors, company 1" in str(caught.value)
    assert "24 of 24" in str(caught.value)
    assert "allow one mass delete" in str(caught.value)
    assert fingerprint(world, "vendors") == before
    refused = (
        "select status, rows_failed, rows_checked from sync.checks where run_id = %s and check_name = 'mass_delete'"
    )
    assert world.ask(refused, run.run_id) == [("failed", 24, 24)], "what refused it is among the checks"
    assert world.ask("select checks_failed from sync.runs where run_id = %s", run.run_id) == [(1,)]
    world.sync("vendors", allow_mass_delete=True)
    assert_equals_source(world, "vendors")


def test_a_refused_publish_may_be_cleared_once_the_limits_are_raised(world: World) -> None:
    """A mass delete is judged by the publish itself, each time: what it said before does not stand in its way."""
    world.change("""UPDATE "VN_VENDOR_MASTER_MC" SET "Company_Code" = '  7' WHERE btrim("Company_Code") = '1'""")
    landing = world.landed("vendors")
    with pytest.raises(StopSync, match="24 of 24"):
        world.publish("vendors", landing)
    world.settings = settings_with(max_deleted_rows=24)
    assert world.publish("vendors", landing)["vendors"].deleted == 24
    passed = "select status from sync.checks where landing_id = %s and check_name = 'mass_delete'"
    assert world.ask(passed, landing) == [("passed",)]


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("VN_VENDOR_MASTER_MC", "Vendor_Name", "vendors"),
        ("JC_TRANSACTION_HISTORY_MC", "Tran_Amount", "job_costs"),
        ("CR_BID_ITEM_DES_MC", "Customer_Code", "prime_contracts"),
    ],
)
def test_a_required_column_that_is_gone_stops_the_sync(world: World, table: str, column: str, name: str) -> None:
    """M4: also in the second table of an object, whose first had been landed already."""
    drop_column(world.source, table, column)
    before, run = fingerprint(world, name), world.run()
    with pytest.raises(StopSync) as caught:
        world.sync(name, run)
    assert_explained(world, name, caught.value, run, column, table, "company 1")
    assert fingerprint(world, name) == before


def test_columns_that_go_come_or_change_their_type_are_noted_and_the_rest_is_staged(world: World) -> None:
    """M4: an optional column that is gone is null; a new one is told; a changed type costs the rows that do not fit."""
    drop_column(world.source, "VN_VENDOR_MASTER_MC", "Phone")
    add_column(world.source, "VN_VENDOR_MASTER_MC", "Favourite_Colour", "text(10)")
    retype_column(world.source, "VN_VENDOR_MASTER_MC", "Balance", "text(20)")
    world.change("""UPDATE "VN_VENDOR_MASTER_MC" SET "Balance" = 'a lot' WHERE "Vendor_Name" LIKE '%%a%%'""")
    counts = world.sync("vendors")["vendors"]
    assert counts.rejected > 1
    assert counts.staged + counts.rejected == counts.source
    assert_equals_source(world, "vendors")
    drift = world.ask("select column_name, change from sync.drift where table_name = 'vendors' and resolved_at is null")
    assert {("Phone", "missing"), ("Favourite_Colour", "new"), ("Balance", "type")} <= set(drift)
    assert world.ask("select distinct value from sync.rejected_rows where column_name = 'balance'") == [("a lot",)]
    world.change("""UPDATE "VN_VENDOR_MASTER_MC" SET "Balance" = '12.50'""")
    assert world.sync("vendors")["vendors"].rejected == 1
    assert_equals_source(world, "vendors")


def test_a_rejection_is_as_old_as_it_is_whatever_else_of_the_row_changes(world: World) -> None:
    """M3: known by its key; what is shown is what the source holds now. Another reason is another rejection."""
    of = """WHERE btrim("Company_Code") = '1' AND btrim("Vendor_Code") = (SELECT max(btrim("Vendor_Code")) FROM
        "VN_VENDOR_MASTER_MC" WHERE btrim("Company_Code") = '1')"""
    listed = (
        "select rejected_id, rejected_at, source_row ->> 'phone', column_name, resolved_at is null"
        " from sync.rejected_rows where table_name = 'vendors' and row_key is not null order by 1"
    )
    retype_column(world.source, "VN_VENDOR_MASTER_MC", "Terms_Days", "text(20)")
    world.change(f'UPDATE "VN_VENDOR_MASTER_MC" SET "Terms_Days" = \'some\' {of}')
    world.sync("vendors")
    ((number, since, _, _, _),) = world.ask(listed)
    world.change(f'UPDATE "VN_VENDOR_MASTER_MC" SET "Phone" = \'6145550100\' {of}')
    world.sync("vendors")
    assert world.ask(listed) == [(number, since, "6145550100", "terms_days", True)]
    retype_column(world.source, "VN_VENDOR_MASTER_MC", "Balance", "text(20)")
    world.change(f'UPDATE "VN_VENDOR_MASTER_MC" SET "Terms_Days" = \'30\', "Balance" = \'a lot\' {of}')
    world.sync("vendors")
    assert [(row[3], row[4]) for row in world.ask(listed)] == [("terms_days", False), ("balance", True)]
    assert_equals_source(world, "vendors")


def test_too_many_bad_rows_hold_their_job_and_month_back(world: World) -> None:
    """M3: a changed type that spoils most rows leaves the jobs and months that it spoils as they were."""
    before = _count(world, "select count(*) from spectrum.job_cost_transactions")
    retype_column(world.source, "JC_TRANSACTION_HISTORY_MC", "Quantity", "text(20)")
    world.change("""UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Quantity" = "Quantity" || ' EA'""")
    world.sync("job_costs", world.run())
    held = _count(world, "select count(*) from sync.deferred where reason = 'rejected'")
    assert held > 0
    gone = "select count(*) from sync.rejected_rows where table_name = 'job_cost_transactions' and resolved_at is null"
    rejected = _count(world, gone)
    after = _count(world, "select count(*) from spectrum.job_cost_transactions")
    assert before - after <= rejected, "every row that is staged no more is listed"
    assert after > 0.9 * before


def _count(world: World, query: str) -> int:
    return int(str(world.ask(query)[0][0]))
