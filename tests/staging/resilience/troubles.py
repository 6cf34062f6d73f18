"""What goes wrong in a month of business: each a fault of the sandbox, a killed process, or a record that is wrong.

A trouble says how it must end: made good by the retries alone, with a person who must act, or published with something
listed or held back, of which people are told.
"""

# ruff: noqa: S608  queries are put together from names in this file

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import psycopg

from sandbox.data.drift import retype_column
from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.model.run import Run
from tests.staging.resilience.harness import Child, World, wait_for
from tests.staging.resilience.operation import TaskKilled, Tasks

Ending = Literal["heals", "person", "listed"]

_WAITING = (
    "select pid from pg_stat_activity where datname = current_database() and application_name = 'spectrum_etl'"
    " and wait_event_type = 'Lock'"
)
#: The table that a lock holds up, of objects that every month changes in both companies.
_LOCKED = {"vendors": "spectrum.vendors", "job_costs": "spectrum.job_cost_transactions", "jobs": "spectrum.jobs"}


@dataclass
class Trouble:
    """One trouble, ready to be let loose on a month.

    Args:
        title: for people.
        ends: how.
        errors: with a person: what a red run may end with.
        words: with a person: what its message must name.
        tasks: in place of the plain ones.
        begin: changes the source before the first run.
        repair: what a person, or time, does about it.
        world: what the month is staged with, where it differs.
        must_tell: with `listed`: whether there is something to tell, beside what is noted.
    """

    title: str
    ends: Ending
    errors: tuple[type[SpectrumEtlError], ...] = ()
    words: tuple[str, ...] = ()
    tasks: Tasks = field(default_factory=Tasks)
    begin: Callable[[World], object] = lambda _: None
    repair: Callable[[World], object] = lambda _: None
    world: Callable[[World], World] = lambda world: world
    must_tell: bool = True


def draw(chance: random.Random, by_sdx: tuple[str, ...], past: set[str]) -> tuple[str, Trouble]:
    """One of the troubles that can strike a month in which the web services read these tables.

    Args:
        chance: decides.
        by_sdx: of `harness.TWO_READERS`.
        past: those there were already.
    """
    able = [name for name, (needs, _) in TROUBLES.items() if name not in past and needs(by_sdx)]
    name = chance.choice(able)
    return name, TROUBLES[name][1](chance, by_sdx)


def _armed(fault: str, value: str | None = None, count: int | None = None) -> Tasks:
    """The fault strikes each task that reads anew: so many of its calls, or all of them."""

    def land(world: World, name: str, run: Run, company: str) -> int:
        if run.try_number > 1 and count is not None:
            return world.land(name, run, company)  # it has passed
        with world.fault(fault, value, count):
            return world.land(name, run, company)

    return Tasks(land=land)


def _passing(title: str, fault: str, value: str | None = None, count: int | None = None, **more: Any) -> Trouble:
    return Trouble(title, "heals", tasks=_armed(fault, value, count), **more)


def _lasting(
    title: str, errors: tuple[type[SpectrumEtlError], ...], words: tuple[str, ...], fault: str, value: str | None = None
) -> Trouble:
    return Trouble(title, "person", errors, words, _armed(fault, value))


def _any(_: tuple[str, ...]) -> bool:
    return True


def _reads(*tables: str) -> Callable[[tuple[str, ...]], bool]:
    """Whether the web services read one of these tables."""
    return lambda by_sdx: bool(set(tables) & set(by_sdx))


_SOAP = _reads("jobs", "project_cost_codes", "job_cost_totals")
_VENDORS = _reads("vendors")

# Passing faults of Info-Link


def _drops(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(60))
    return _passing(f"Info-Link breaks off after {rows} rows, once a task", "infolink_drop_after_rows", rows, 1)


def _firewall(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _passing("a firewall refuses Info-Link, once a task", "infolink_blocked_ip", count=1)


def _slow(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    wait = str(chance.randrange(20, 80))
    return _passing(f"Info-Link waits {wait} ms before each answer", "infolink_slow_ms", wait)


def _too_slow(_: random.Random, __: tuple[str, ...]) -> Trouble:
    hasty = lambda world: replace(world, infolink=replace(world.infolink, query_timeout=1))  # noqa: E731
    return _passing("one answer of Info-Link is too late, once a task", "infolink_slow_ms", "1300", 1, world=hasty)


# Passing faults of the web services

_PASSING_SDX = {
    "sdx_http_500": "the web services answer with HTTP 500",
    "sdx_server_fault": "the web services answer with a fault of their server",
    "sdx_drop_connection": "the web services close the connection",
    "sdx_cut_record": "the web services end an answer in a record",
}


def _sdx_passing(fault: str) -> Callable[[random.Random, tuple[str, ...]], Trouble]:
    def make(chance: random.Random, _: tuple[str, ...]) -> Trouble:
        calls = chance.randrange(1, 4)
        return _passing(f"{_PASSING_SDX[fault]}, {calls} times a task", fault, count=calls)

    return make


def _sdx_longer(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _passing("the web services are down for a whole task, and up for the next try", "sdx_http_500", count=12)


def _cut_tail(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _passing("every answer of the web services lacks its closing tags", "sdx_cut_tail")


def _row_cap(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(20, 90))
    return _passing(f"the web services cut answers at {rows} rows, and say so", "sdx_row_cap", rows)


def _late_sdx(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _passing("one answer of the web services is too late, once a task", "sdx_slow_ms", "1300", 1)


def _pages(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    rows = str(chance.randrange(4, 30))
    return _passing(f"vendors come in pages of {rows}", "sdx_page", rows)


def _ignores(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _passing("the service of vendors ignores parameters that it does not know", "sdx_ignores_parameters")


# Killed tasks


def _kill_landing(_: random.Random, __: tuple[str, ...]) -> Trouble:
    def land(world: World, name: str, run: Run, company: str) -> int:
        if run.try_number > 1 or name not in _LOCKED:
            return world.land(name, run, company)
        with world.fault("infolink_slow_ms", "500"), world.fault("sdx_slow_ms", "500"):
            child = Child(world, "land", name, run, company=company)
            began = "select 1 from sync.landings where run_id = %s and company_code = %s"
            wait_for(lambda: world.ask(began, run.run_id, company))
            child.kill()
        raise TaskKilled

    return Trouble("tasks are killed while they read", "heals", tasks=Tasks(land=land))


class _Struck:
    """Notes which runs a trouble has struck: each once."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, ...]] = set()

    def first(self, *what: str) -> bool:
        new = what not in self._seen
        self._seen.add(what)
        return new


@contextmanager
def _held_up(world: World, table: str) -> Iterator[None]:
    """Whoever writes into the table waits until the block ends."""
    with psycopg.connect(world.warehouse) as holder:
        holder.execute(f"lock table {table} in share mode".encode())
        yield


def _kill_publishing(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)
        with _held_up(world, _LOCKED[name]):
            child = Child(world, "publish", name, run, landing)
            wait_for(lambda: world.ask(_WAITING) or child.process.poll() is not None)
            assert child.process.poll() is None, "nothing was to be written"
            child.kill()
        wait_for(lambda: not world.ask(_WAITING))
        raise TaskKilled

    return Trouble("tasks are killed while they publish", "heals", tasks=Tasks(publish=publish))


def _kill_after(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)
        Child(world, "publish", name, run, landing).result()
        raise TaskKilled

    return Trouble("tasks are killed after they have published", "heals", tasks=Tasks(publish=publish))


def _kill_marts(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def marts(world: World, company: str) -> object:
        from spectrum_etl.marts.publish import publish_marts

        if not struck.first(company):
            return publish_marts(world.warehouse, company)
        with _held_up(world, "marts.job_cost_by_month"):
            child = Child(world, "marts", "", Run("publish_marts", "killed", 1), company=company)
            wait_for(lambda: world.ask(_WAITING))
            child.kill()
        wait_for(lambda: not world.ask(_WAITING))
        raise TaskKilled

    return Trouble("the task of the marts is killed while it writes", "heals", tasks=Tasks(marts=marts))


def _sessions_end(_: random.Random, __: tuple[str, ...]) -> Trouble:
    struck = _Struck()

    def publish(world: World, name: str, run: Run, company: str, landing: int) -> object:
        if name not in _LOCKED or not struck.first(run.run_id, company):
            return world.publish(name, landing)

        def end() -> None:
            wait_for(lambda: world.ask(_WAITING))
            world.ask(_WAITING.replace("select pid", "select pg_terminate_backend(pid)"))

        with _held_up(world, _LOCKED[name]):
            other = threading.Thread(target=end)
            other.start()
            try:
                return world.publish(name, landing)
            finally:
                other.join()

    return Trouble("the warehouse ends sessions that publish", "heals", tasks=Tasks(publish=publish))


# What needs a person


def _refused_login(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _lasting(
        "Info-Link refuses the password", (Reauthenticate,), ("spectrum_infolink",), "infolink_refuse_login"
    )


def _denied(chance: random.Random, _: tuple[str, ...]) -> Trouble:
    table = chance.choice(
        ("JC_TRANSACTION_HISTORY_MC", "JC_PHASE_MASTER_MC", "CR_CONTRACT_MASTER_MC", "JC_COST_TYPE_MASTER_MC")
    )
    return _lasting(f"Info-Link denies {table}", (FixConfiguration,), (table,), "infolink_deny_table", table)


def _infolink_down(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _lasting("a firewall refuses Info-Link for all tries", (RetryLater,), ("IP address",), "infolink_blocked_ip")


def _sdx_down(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _lasting("the web services are down for all tries", (RetryLater,), ("HTTP 500",), "sdx_http_500")


def _service_off(chance: random.Random, by_sdx: tuple[str, ...]) -> Trouble:
    services = {"jobs": "GetJobMain", "project_cost_codes": "GetPhaseEnhanced", "job_cost_totals": "GetPhase"}
    service = chance.choice([service for table, service in services.items() if table in by_sdx])
    return _lasting(f"{service} is not enabled", (FixConfiguration,), (service,), "sdx_service_off", service)


def _sdx_blocked(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _lasting("the web services refuse the address", (FixConfiguration,), ("HTTP 403",), "sdx_blocked_ip")


def _always_cut(_: random.Random, __: tuple[str, ...]) -> Trouble:
    return _lasting("every answer ends in a record", (StopSync,), ("infolink",), "sdx_cut_record")


def _vanished(_: random.Random, __: tuple[str, ...]) -> Trouble:
    hide = """UPDATE "CR_BID_ITEM_DES_MC" SET "Company_Code" = %s WHERE btrim("Company_Code") = %s"""
    return Trouble(
        "Info-Link hides a company's schedules of values",
        "person",
        (StopSync,),
        ("no longer in the source", "allow one mass delete"),
        begin=lambda world: world.change(hide, "  9", "1"),
        repair=lambda world: world.change(hide, "  1", "9"),
    )


# What is listed, held back or noted


def _forbidden(chance: random.Random, by_sdx: tuple[str, ...]) -> Trouble:
    """A character that XML cannot carry, in the texts of what the web services read this month."""
    style = chance.choice(("reference", "raw", "surrogate", "bytes"))
    texts = {
        "jobs": ("JC_JOB_MASTER_MC", "Job_Description"),
        "project_cost_codes": ("JC_PHASE_MASTER_MC", "Description"),
        "vendors": ("VN_VENDOR_MASTER_MC", "Vendor_Name"),
        "job_cost_totals": ("JC_PHASE_MASTER_MC", "Description"),
    }
    chosen = {texts[table] for table in by_sdx}

    def begin(world: World) -> None:
        for table, column in sorted(chosen):
            world.change(f"""UPDATE "{table}" SET "{column}" = left("{column}", 5) || chr(27) || '#'""")

    def repair(world: World) -> None:
        for table, column in sorted(chosen):
            world.change(f"""UPDATE "{table}" SET "{column}" = replace("{column}", chr(27), '')""")

    tasks = _armed("sdx_forbidden", style)
    title = f"characters that XML cannot carry, written as {style}"
    return Trouble(title, "listed", tasks=tasks, begin=begin, repair=repair, must_tell=False)


def _char_zero(_: random.Random, __: tuple[str, ...]) -> Trouble:
    """CHAR(0) in the key of a phase that Info-Link reads for budgets, and in the texts of postings."""
    phase = """UPDATE "JC_PHASE_MASTER_MC" SET "Phase_Code" = %s WHERE ctid = (SELECT min(ctid) FROM
        "JC_PHASE_MASTER_MC" WHERE btrim("Company_Code") = '2')"""
    text = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Description" = left("Description", 8) || %s
        WHERE right("Tran_Date_Text", 2) = '15'"""
    kept: dict[str, str] = {}

    def begin(world: World) -> None:
        ((kept["code"],),) = world.ask_source(
            'select "Phase_Code" from dbo."JC_PHASE_MASTER_MC" where btrim("Company_Code") = \'2\' order by ctid limit 1'
        )
        world.change(phase, f"{kept['code'].strip()}\u2400".rjust(len(kept["code"])))
        world.change(text, "\u2400!")

    def repair(world: World) -> None:
        world.change("""UPDATE "JC_PHASE_MASTER_MC" SET "Phase_Code" = %s WHERE strpos("Phase_Code", %s) > 0""",
                     kept["code"], "\u2400")  # fmt: skip
        world.change(
            """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Description" = replace("Description", %s, '')""", "\u2400"
        )

    return Trouble(
        "Info-Link sends CHAR(0) in the key of a phase, and in texts", "listed", tasks=_armed("infolink_nul"),
        begin=begin, repair=repair,
    )  # fmt: skip


def _spoiled(_: random.Random, __: tuple[str, ...]) -> Trouble:
    """A month of postings of which most have a quantity that is no number: it is held back."""
    busiest = """(SELECT btrim("Job_Number"), left("Tran_Date_Text", 6) FROM "JC_TRANSACTION_HISTORY_MC"
        WHERE btrim("Company_Code") = '1' GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1)"""
    spoil = f"""UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Quantity" = "Quantity" || ' EA' WHERE btrim("Company_Code") = '1'
        AND (btrim("Job_Number"), left("Tran_Date_Text", 6)) = {busiest}"""
    mend = """UPDATE "JC_TRANSACTION_HISTORY_MC" SET "Quantity" = replace("Quantity", ' EA', '')"""

    def begin(world: World) -> None:
        retype_column(world.source, "JC_TRANSACTION_HISTORY_MC", "Quantity", "text(20)")
        assert world.change(spoil) > world.settings.max_rejected_rows

    def repair(world: World) -> None:
        world.change(mend)
        retype_column(world.source, "JC_TRANSACTION_HISTORY_MC", "Quantity", "qty")

    return Trouble("a month of postings has units beside its quantities", "listed", begin=begin, repair=repair)


TROUBLES: dict[str, tuple[Callable[[tuple[str, ...]], bool], Callable[[random.Random, tuple[str, ...]], Trouble]]] = {
    "infolink_drops": (_any, _drops),
    "infolink_firewall_once": (_any, _firewall),
    "infolink_slow": (_any, _slow),
    "infolink_too_slow": (_any, _too_slow),
    **{fault: (_SOAP, _sdx_passing(fault)) for fault in _PASSING_SDX},
    "sdx_down_for_a_try": (_SOAP, _sdx_longer),
    "sdx_cut_tail": (_SOAP, _cut_tail),
    "sdx_row_cap": (_SOAP, _row_cap),
    "sdx_late": (_SOAP, _late_sdx),
    "sdx_page": (_VENDORS, _pages),
    "sdx_ignores_parameters": (_VENDORS, _ignores),
    "killed_reading": (_any, _kill_landing),
    "killed_publishing": (_any, _kill_publishing),
    "killed_after_publishing": (_any, _kill_after),
    "killed_writing_marts": (_any, _kill_marts),
    "sessions_end": (_any, _sessions_end),
    "infolink_refuse_login": (_any, _refused_login),
    "infolink_deny_table": (_any, _denied),
    "infolink_down": (_any, _infolink_down),
    "sdx_down": (_SOAP, _sdx_down),
    "sdx_service_off": (_SOAP, _service_off),
    "sdx_blocked_ip": (_SOAP, _sdx_blocked),
    "sdx_always_cut": (_SOAP, _always_cut),
    "vanished": (_any, _vanished),
    "sdx_forbidden": (_any, _forbidden),
    "infolink_nul": (_any, _char_zero),
    "spoiled_month": (_any, _spoiled),
}
