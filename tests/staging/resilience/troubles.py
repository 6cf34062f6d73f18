"""What goes wrong in a month of business: each a fault of the sandbox, a killed process, or a record that is wrong.

A trouble says how it must end: made good by the retries alone, with a person who must act, or published with something
listed or held back, of which people are told.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.staging.resilience import troubles_records, troubles_sources, troubles_tasks
from tests.staging.resilience.trouble import SOAP, VENDORS, Ending, Make, Trouble, anything

#: How each ends, whether it can strike a month in which the web services read these tables, and how it is made.
TROUBLES: dict[str, tuple[Ending, Callable[[tuple[str, ...]], bool], Make]] = {
    "infolink_drops": ("heals", anything, troubles_sources.drops),
    "infolink_firewall_once": ("heals", anything, troubles_sources.firewall),
    "infolink_slow": ("heals", anything, troubles_sources.slow),
    "infolink_too_slow": ("heals", anything, troubles_sources.too_slow),
    **{fault: ("heals", SOAP, troubles_sources.sdx_passing(fault)) for fault in troubles_sources.PASSING_SDX},
    "sdx_down_for_a_try": ("heals", SOAP, troubles_sources.sdx_longer),
    "sdx_cut_tail": ("heals", SOAP, troubles_sources.cut_tail),
    "sdx_row_cap": ("heals", SOAP, troubles_sources.row_cap),
    "sdx_late": ("heals", SOAP, troubles_sources.late_sdx),
    "sdx_page": ("heals", VENDORS, troubles_sources.pages),
    "sdx_ignores_parameters": ("heals", VENDORS, troubles_sources.ignores),
    "killed_reading": ("heals", anything, troubles_tasks.kill_landing),
    "killed_publishing": ("heals", anything, troubles_tasks.kill_publishing),
    "killed_after_publishing": ("heals", anything, troubles_tasks.kill_after),
    "killed_writing_marts": ("heals", anything, troubles_tasks.kill_marts),
    "sessions_end": ("heals", anything, troubles_tasks.sessions_end),
    "infolink_refuse_login": ("person", anything, troubles_sources.refused_login),
    "infolink_deny_table": ("person", anything, troubles_sources.denied),
    "infolink_down": ("person", anything, troubles_sources.infolink_down),
    "sdx_down": ("person", SOAP, troubles_sources.sdx_down),
    "sdx_service_off": ("person", SOAP, troubles_sources.service_off),
    "sdx_blocked_ip": ("person", SOAP, troubles_sources.sdx_blocked),
    "sdx_always_cut": ("person", SOAP, troubles_sources.always_cut),
    "vanished": ("person", anything, troubles_sources.vanished),
    "sdx_forbidden": ("listed", anything, troubles_records.forbidden),
    "infolink_nul": ("listed", anything, troubles_records.char_zero),
    "spoiled_month": ("listed", anything, troubles_records.spoiled),
}


def draw(chance: random.Random, ends: Ending, by_sdx: tuple[str, ...], past: set[str]) -> tuple[str, Trouble]:
    """One of the troubles that can strike a month in which the web services read these tables.

    Args:
        chance: decides.
        ends: how it must end.
        by_sdx: of `harness.TWO_READERS`.
        past: those there were already.
    """
    able = [name for name, (end, needs, _) in TROUBLES.items() if end == ends and name not in past and needs(by_sdx)]
    name = chance.choice(able)
    trouble = TROUBLES[name][2](chance, by_sdx)
    assert trouble.ends == ends
    return name, trouble
