"""Faults of Info-Link and of the web services: those that pass, and those that need a person. Used by `troubles`."""

from __future__ import annotations

import random
from dataclasses import replace

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, StopSync
from tests.staging.resilience.trouble import Make, Trouble, lasting, passing

# Passing faults of Info-Link


def drops(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(60))
    return passing(f"Info-Link breaks off after {rows} rows, once a task", "infolink_drop_after_rows", rows, 1)


def firewall(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return passing("a firewall refuses Info-Link, once a task", "infolink_blocked_ip", count=1)


def slow(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    wait = str(chance.randrange(20, 80))
    return passing(f"Info-Link waits {wait} ms before each answer", "infolink_slow_ms", wait)


def too_slow(_: random.Random, __: tuple[str, ...]) -> Trouble:
    hasty = lambda world: replace(world, infolink=replace(world.infolink, query_timeout=1))  # noqa: E731
    return passing("one answer of Info-Link is too late, once a task", "infolink_slow_ms", "1300", 1, world=hasty)


# Passing faults of the web services

PASSING_SDX = {
    "sdx_http_500": "the web services answer with HTTP 500",
    "sdx_server_fault": "the web services answer with a fault of their server",
    "sdx_drop_connection": "the web services close the connection",
    "sdx_cut_record": "the web services end an answer in a record",
}


def sdx_passing(fault: str) -> Make:
    def make(chance: random.Random, _: tuple[str, ...]) -> Trouble:
        calls = chance.randrange(1, 4)
        return passing(f"{PASSING_SDX[fault]}, {calls} times a task", fault, count=calls)

    return make


def sdx_longer(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return passing("the web services are down for a whole task, and up for the next try", "sdx_http_500", count=12)


def cut_tail(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return passing("every answer of the web services lacks its closing tags", "sdx_cut_tail")


def row_cap(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(20, 90))
    return passing(f"the web services cut answers at {rows} rows, and say so", "sdx_row_cap", rows)


def late_sdx(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return passing("one answer of the web services is too late, once a task", "sdx_slow_ms", "1300", 1)


def pages(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(4, 30))
    return passing(f"vendors come in pages of {rows}", "sdx_page", rows)


def ignores(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return passing("the service of vendors ignores parameters that it does not know", "sdx_ignores_parameters")


# What needs a person


def refused_login(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return lasting("Info-Link refuses the password", (Reauthenticate,), ("spectrum_infolink",), "infolink_refuse_login")


def denied(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    table = chance.choice(
        ("JC_TRANSACTION_HISTORY_MC", "JC_PHASE_MASTER_MC", "CR_CONTRACT_MASTER_MC", "JC_COST_TYPE_MASTER_MC")
    )
    return lasting(f"Info-Link denies {table}", (FixConfiguration,), (table,), "infolink_deny_table", table)


def infolink_down(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return lasting("a firewall refuses Info-Link for all tries", (RetryLater,), ("IP address",), "infolink_blocked_ip")


def sdx_down(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return lasting("the web services are down for all tries", (RetryLater,), ("HTTP 500",), "sdx_http_500")


def service_off(chance: random.Random, by_sdx: tuple[str, ...]) -> Trouble:
    services = {"jobs": "GetJobMain", "project_cost_codes": "GetPhaseEnhanced", "job_cost_totals": "GetPhase"}
    service = chance.choice([service for table, service in services.items() if table in by_sdx])
    return lasting(f"{service} is not enabled", (FixConfiguration,), (service,), "sdx_service_off", service)


def sdx_blocked(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return lasting("the web services refuse the address", (FixConfiguration,), ("HTTP 403",), "sdx_blocked_ip")


def always_cut(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return lasting("every answer ends in a record", (StopSync,), ("infolink",), "sdx_cut_record")


def vanished(_: random.Random, __: tuple[str, ...]) -> Trouble:
    hide = """UPDATE "CR_BID_ITEM_DES_MC" SET "Company_Code" = %s WHERE btrim("Company_Code") = %s"""
    return Trouble(
        "Info-Link hides a company's schedules of values",
        "person",
        (StopSync,),
        ("no longer in the source", "allow one mass delete"),
        begin=lambda world: world.change(hide, "  9", "1"),
        repair=lambda world: world.change(hide, "  1", "9"),
    )
