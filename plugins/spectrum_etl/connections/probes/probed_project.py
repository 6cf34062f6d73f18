"""The project that the settings name only for tests: what it holds, and how it is cleaned up.

Contracts and direct costs of probes are known by their origin ids, budget lines by their amount of 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from spectrum_etl.sources.procore import portfolio, resources, trials
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.marks import PROBE_MARK
from spectrum_etl.sources.procore.tools import project_tools

Record = Mapping[str, Any]


class ProbedProject:
    """The test project.

    Args:
        client: of the Procore company.
        id: Procore id of the project.
    """

    def __init__(self, client: ProcoreClient, id: int) -> None:
        self.client, self.id = client, id

    def holds(self, linked: Collection[str]) -> Iterator[str]:
        """What there is in it that no probe made, once what probes have marked is removed.

        Args:
            linked: Procore ids of projects that are linked to jobs.
        """
        record = portfolio.project(self.client, self.id)
        if record is None:
            yield "the service account does not see it"
            return
        if str(self.id) in linked or record.get("origin_id"):
            yield "it is linked to a job"
        for what, found in (
            ("subcontracts", resources.work_order_contracts(self.client, self.id)),
            ("purchase orders", resources.purchase_order_contracts(self.client, self.id)),
            ("prime contracts", resources.prime_contracts(self.client, self.id)),
            ("change orders", resources.change_order_packages(self.client, self.id)),
            ("direct costs", self._direct_costs()),
            ("amounts in its budget", iter(row for row in self._budget_rows() if _budgeted(row))),
        ):
            if next(found, None) is not None:
                yield f"it holds {what}"

    def remove_ours(self) -> None:
        """Remove what carries a mark of probes: that is nobody else's, wherever it is."""
        if portfolio.project(self.client, self.id) is None:
            return
        for contract in list(_ours(resources.prime_contracts(self.client, self.id))):
            if contract.get("status") != "Draft":
                trials.set_status(self.client, self.id, contract["id"], "Draft")
            trials.delete_prime_contract(self.client, self.id, contract["id"])
        for cost in list(_ours(self._direct_costs())):
            trials.delete_direct_cost(self.client, self.id, cost["id"])

    def empty_lines(self) -> list[Record]:
        """Budget lines of 0, which carry no mark: a probe's, where the project is only for tests."""
        if portfolio.project(self.client, self.id) is None:
            return []
        return [row for row in self._budget_rows() if not _budgeted(row)]

    def remove_empty_lines(self) -> None:
        """Delete them; only of a project that holds nothing else."""
        for row in self.empty_lines():
            trials.delete_budget_line(self.client, self.id, row.get("budget_line_item_id") or row["id"])

    def has_direct_costs(self) -> bool:
        """Whether its Direct Costs tool is on."""
        return "direct_costs" in project_tools(self.client, self.id).on

    def budget_code(self) -> Record | None:
        """Any of its budget codes; None where it has none."""
        return next(resources.wbs_codes(self.client, self.id), None)

    def _direct_costs(self) -> Iterator[Record]:
        if self.has_direct_costs():
            yield from trials.direct_costs(self.client, self.id)

    def _budget_rows(self) -> list[Record]:
        view = next(resources.budget_views(self.client, self.id), None)
        return [] if view is None else list(resources.budget_detail_rows(self.client, view["id"], self.id))


def _ours(records: Iterable[Record]) -> Iterator[Record]:
    return (record for record in records if str(record.get("origin_id") or "").startswith(PROBE_MARK))


def _budgeted(row: Record) -> bool:
    return Decimal(str(row.get("original_budget_amount") or 0)) != 0
