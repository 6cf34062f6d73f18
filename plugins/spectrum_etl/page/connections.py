"""Whether Spectrum, Procore and the warehouse are connected, and why not.

What `check_connections` found counts, unless a sync has failed since; where it has not run, how the last syncs and
exports ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page.reads import Row, Warehouse
from spectrum_etl.page.wording import problem, remedy, sentences

#: The kinds of connection, as `check_connections` records them, with their names for people.
KINDS = {
    "web services": "Spectrum web services",
    "Info-Link": "Spectrum Info-Link",
    "Procore": "Procore",
    "warehouse": "Warehouse",
}
#: A sync longer ago says nothing of today's connection.
_RECENT = timedelta(days=7)


def unreachable(error: SpectrumEtlError) -> list[Row]:
    """The statuses where the warehouse itself does not answer: those of the others are kept there, so not known."""
    told = problem(error)
    unknown = "Not known while the warehouse is down."
    return [
        {**_status(kind, None, False, told["detail"], datetime.now(UTC), "now"), "remedy": told["remedy"]}
        if kind == "warehouse"
        else _status(kind, None, None, unknown, None, "never")
        for kind in KINDS
    ]


def connections(warehouse: Warehouse, companies: list[str], exports: Iterable[Mapping[str, Any]]) -> list[Row]:
    """One row a kind and company; the warehouse is everybody's.

    Args:
        warehouse: it answers, or this would not be asked.
        companies: company codes.
        exports: the last runs of the export DAGs, the newest first, as Airflow's API gives them.

    Returns:
        `kind`, `title`, `company_code`, `connected` (null: not known), `cause` (in a few words, where services are
        it), `reason`, `remedy`, `checked_at`, `known_from` (check, sync, export, now or never), and how many
        `services`, `services_off`, `differences`, `stopping` (differences that stop something), `columns` and `facts`
        the check counted.
    """
    now = datetime.now(UTC)
    found: dict[tuple[str, str | None], Row] = {}
    for row in warehouse.rows("checked_connections", companies=companies):
        known = _status(row["kind"], row["company_code"], row["connected"], row["reason"], row["checked_at"], "check")
        noticed = {
            name: row[name] for name in ("services", "services_off", "differences", "stopping", "columns", "facts")
        }
        told = {"remedy": remedy(row["remedy"]), "cause": None if row["connected"] else _cause(row)}
        found[row["kind"], row["company_code"]] = {**known, **noticed, **told}
    for row in warehouse.rows("readers", companies=companies, since=now - _RECENT):
        kind, answered = row["kind"], row["is_answered"]
        known = _status(kind, row["company_code"], answered, row["message"], row["finished_at"], "sync")
        known["remedy"] = remedy(row["remedy"])
        checked = found.setdefault((kind, row["company_code"]), known)
        # A check looks at everything, so a sync that went well since takes nothing back; one that failed does.
        if not answered and row["finished_at"] > checked["checked_at"]:
            found[kind, row["company_code"]] = known
    for run in exports:
        # A run fails for a bad record too: only a good one says something of the connection.
        if run["state"] == "success" and not any(kind == "Procore" for kind, _ in found):
            found["Procore", None] = _status("Procore", None, True, None, run["end_date"], "export")
    for key in [key for key in found if key[0] == "warehouse"]:
        del found[key]
    found["warehouse", None] = _status("warehouse", None, True, None, now, "now")
    for kind in KINDS:
        if not any(name == kind for name, _ in found):
            found[kind, None] = _status(kind, None, None, "Not checked yet.", None, "never")
    order = list(KINDS)
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1] or ""))]


def _status(
    kind: str, company: str | None, connected: bool | None, reason: str | None, at: datetime | str | None, how: str
) -> Row:
    return {
        "kind": kind,
        "title": KINDS[kind],
        "company_code": company,
        "connected": connected,
        "cause": None,
        "reason": sentences(reason),
        "remedy": None,
        "checked_at": at,
        "known_from": how,
        "services": 0,
        "services_off": 0,
        "differences": 0,
        "stopping": 0,
        "columns": 0,
        "facts": 0,
    }


def _cause(row: Row) -> str | None:
    """Which needed services are why, `GetPhase is not enabled`; None where it is not about single services."""
    named = [(row["not_enabled"], "not enabled"), (row["missing"], "missing on the server")]
    told = [
        f"{', '.join(services)} {'is' if len(services) == 1 else 'are'} {how}" for services, how in named if services
    ]
    return "; ".join(told) or None
