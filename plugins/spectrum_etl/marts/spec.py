"""The marts as data: what each is called, its key and where its SQL is."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from spectrum_etl.model.sql_files import SQL_FOLDER


@dataclass(frozen=True)
class Mart:
    """One table in the schema `marts`.

    Args:
        name: its name, and that of the SQL file that computes its rows into a temporary table `_<name>`.
        key: its primary key.
        before: SQL files that find what changed, run first, each into a temporary table of the file's name.
        keys: of those temporary tables that the mart's rows look up, the columns they are looked up by.
        after: SQL files that correct rows of the mart whose key did not change.
    """

    name: str
    key: tuple[str, ...]
    before: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()

    @property
    def relation(self) -> str:
        """The table."""
        return f"marts.{self.name}"

    @property
    def fresh(self) -> str:
        """The temporary table of the rows that may have changed."""
        return f"_{self.name}"


#: In the order in which they are computed: later ones read earlier ones.
MARTS = (
    Mart(
        "job_cost_by_month",
        ("company_code", "job_number", "phase_code", "cost_type", "month"),
        before=("changed_postings",),
    ),
    Mart(
        "job_cost_summary",
        ("company_code", "job_number", "phase_code", "cost_type"),
        before=("commitments_known", "changed_codes", "commitments"),
        # Without it the planner may compare every one with every changed code: seconds, with many of both.
        keys={"commitments": ("job_number", "phase_code", "cost_type")},
    ),
    Mart("vendor_spend", ("company_code", "vendor_code", "job_number", "month"), after=("vendor_names",)),
    Mart("contract_status", ("company_code", "customer_code", "job_number")),
)

#: The staged tables that the marts are computed from: `since_<table>` is bound in their SQL.
SOURCES = (
    "job_cost_transactions",
    "job_cost_totals",
    "budgets",
    "projections",
    "project_cost_codes",
    "vendors",
    "prime_contracts",
    "prime_contract_items",
    "subcontracts",
    "subcontract_items",
    "subcontract_changes",
    "jobs",
)


@functools.cache
def definition() -> str:
    """A short text that changes whenever the SQL of the marts does: then they are computed whole."""
    files = sorted((SQL_FOLDER / "marts").glob("*.sql"))
    described = "\n".join(path.name + path.read_text(encoding="utf-8") for path in files)
    return hashlib.sha256(described.encode()).hexdigest()[:16]
