"""Whether Spectrum, Procore and the warehouse are connected, and why not. Used by the overview.

What `check_connections` found counts; where it has not run, how the last syncs and exports ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from spectrum_etl.page.reads import Row, Warehouse

#: The systems, as `check_connections` calls them, with their names for people.
SYSTEMS = {
    "spectrum_sdx": "Spectrum web services",
    "spectrum_infolink": "Spectrum Info-Link",
    "procore": "Procore",
    "warehouse": "Warehouse",
}
_READERS = {"sdx": "spectrum_sdx", "infolink": "spectrum_infolink"}
#: A sync longer ago says nothing of today's connection.
_RECENT = timedelta(days=7)
#: A sync that read its source to the end, whatever came of the rows.
_ANSWERED = frozenset({"published", "unchanged", "superseded", "stopped"})


def unreachable(reason: str) -> list[Row]:
    """The statuses where the warehouse itself does not answer: the others are kept there."""
    return [_status("warehouse", None, False, reason, None, "now")]


def connections(warehouse: Warehouse, companies: list[str], exports: Iterable[Mapping[str, Any]]) -> list[Row]:
    """One row a system and company; the warehouse is everybody's.

    Args:
        warehouse: it answers, or this would not be asked.
        companies: company codes.
        exports: the last runs of the export DAGs, the newest first, as Airflow's API gives them.

    Returns:
        `system`, `title`, `company_code`, `connected` (null: not known), `reason`, `checked_at`, and `known_from`:
        check, sync, export or now.
    """
    now = datetime.now(UTC)
    found: dict[tuple[str, str | None], Row] = {
        (row["system"], row["company_code"]): _status(
            row["system"], row["company_code"], row["connected"], row["reason"], row["checked_at"], "check"
        )
        for row in warehouse.rows("checked_connections", companies=companies)
    }
    for row in warehouse.rows("readers", companies=companies, since=now - _RECENT):
        system, answered = _READERS[row["reader"]], row["state"] in _ANSWERED
        reason = None if answered else row["message"]
        found.setdefault(
            (system, row["company_code"]),
            _status(system, row["company_code"], answered, reason, row["finished_at"], "sync"),
        )
    for run in exports:
        if run["state"] in ("success", "failed"):
            well = run["state"] == "success"
            reason = None if well else f"the last run of {run['dag_id']} failed; read its log in Airflow"
            # A run fails for a bad record too: that alone does not say that Procore cannot be reached.
            known = _status("procore", None, True if well else None, reason, run["end_date"], "export")
            found.setdefault(("procore", companies[0]), known)
            break
    found["warehouse", None] = _status("warehouse", None, True, None, now, "now")
    for system in SYSTEMS:
        if not any(name == system for name, _ in found):
            found[system, None] = _status(system, None, None, "not tried yet: run check_connections", None, "never")
    order = list(SYSTEMS)
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1] or ""))]


def _status(
    system: str, company: str | None, connected: bool | None, reason: str | None, at: datetime | str | None, how: str
) -> Row:
    return {
        "system": system,
        "title": SYSTEMS[system],
        "company_code": company,
        "connected": connected,
        "reason": reason,
        "checked_at": at,
        "known_from": how,
    }
