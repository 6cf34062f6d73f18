"""Removes what is past its days.

Never removed: what is current, the staged tables and their history, everything below `export`, whose ledger is the
proof of who let what into Spectrum, and of imports into Procore the open plans, what was left out, and what Procore
last confirmed.
"""

from __future__ import annotations

import logging

import psycopg
from psycopg import sql

from spectrum_etl.model.run import LANDING
from spectrum_etl.settings.retention import Retention
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


def clean_up(url: str, settings: Retention) -> dict[str, int]:
    """Remove it, one transaction a kind.

    Args:
        url: the warehouse.
        settings: for how many days each kind is kept.

    Returns:
        How many tables or rows were removed, by kind.

    Raises:
        SpectrumEtlError: the warehouse cannot be reached, or refuses. What was done before stays done.
    """
    removed = {}
    with connect(url) as connection:
        connection.autocommit = True
        migrate(connection)
        removed["landing_tables"] = _drop_landing_tables(connection, settings.landing_days)
        for kind, days in (
            ("rejected", settings.rejected_days),
            ("drift", settings.drift_days),
            ("checks", settings.checks_days),
            ("runs", settings.runs_days),
            ("deferred", settings.runs_days),
            ("told_failures", settings.runs_days),
            # Rows name the plan, calls the row: what names goes first.
            ("import_calls", settings.plans_days),
            ("plan_rows", settings.plans_days),
            ("plans", settings.plans_days),
            ("looks", settings.plans_days),
        ):
            removed[kind] = connection.execute(render(f"retention/{kind}.sql"), {"days": days}).rowcount
        removed["mart_runs"] = connection.execute(render("retention/mart_runs.sql")).rowcount
    log.info("removed: %s", ", ".join(f"{count} {kind}" for kind, count in removed.items()))
    return removed


def _drop_landing_tables(connection: psycopg.Connection, days: int) -> int:
    names = connection.execute(render("retention/landing_tables.sql"), {"days": days}).fetchall()
    for (name,) in names:
        connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(LANDING, name)))
    return len(names)
