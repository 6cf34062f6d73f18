"""Which line of the prime contract each line of a prime contract change order belongs to, and its billing item (J2).

Published ("Send a PCCO to ERP Integrations for Accounting Acceptance"): each line may point to a line of the prime
contract's schedule of values, its own one or one that it shares. Only version 2 of Procore's lines names it, and only
the change order package of older date has the markups, so the two are brought together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spectrum_etl.exports.objects.contracts import line_amount
from spectrum_etl.exports.objects.facts import Json, WbsCodes, line_facts, money, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules.common import own_key
from spectrum_etl.settings import Company
from spectrum_etl.sources.faults import NotFound
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient

Lines = Sequence[Mapping[str, Any]]


def own_lines(client: ProcoreClient, project: str, order: Mapping[str, Any]) -> list[Json] | None:
    """The lines of a change order with the contract's lines they belong to; None where Procore has them not."""
    try:
        return list(resources.prime_change_order_line_items(client, project, order["id"]))
    except NotFound:
        return None


def belonging(lines: Lines, own: Lines, codes: WbsCodes) -> list[str] | None:
    """The id of the contract's line that each line belongs to, empty where it belongs to none.

    Args:
        lines: with or without markups.
        own: the same ones, as version 2 has them.
        codes: the budget codes of the project.

    Returns:
        None where it is unclear: neither ids nor codes and amounts tell which of `own` a line is.
    """
    pointed = {text(line["id"]): text(line.get("prime_line_item_id")) for line in own}
    if len(set(pointed.values())) <= 1:
        return [next(iter(pointed.values()), "")] * len(lines)
    if all(text(line["id"]) in pointed for line in lines):
        return [pointed[text(line["id"])] for line in lines]
    alike: dict[tuple[str, str, str], set[str]] = {}
    for line in own:
        alike.setdefault(_traits(line, codes), set()).add(text(line.get("prime_line_item_id")))
    found = [alike.get(_traits(line, codes), set()) for line in lines]
    return [next(iter(ids)) for ids in found] if all(len(ids) == 1 for ids in found) else None


class ContractLines:
    """The lines of prime contracts, read when a change order first points to one."""

    def __init__(self, client: ProcoreClient, company: Company) -> None:
        self._client, self._company = client, company
        self._of: tuple[str, str] = ("", "")
        self._lines: dict[str, Json] = {}

    def facts(self, project: str, contract: str, ids: Sequence[str]) -> list[Json]:
        """Some lines of a contract, each once: id, name for people, description, amount and billing item.

        Args:
            project, contract: their Procore ids; only the latest contract is kept.
            ids: of the lines. One that the contract has no more has nothing but its name.
        """
        wanted = list(dict.fromkeys(filter(None, ids)))
        if wanted and (project, contract) != self._of:
            listed = resources.prime_contract_line_items(self._client, project, contract) if contract else ()
            self._lines = {text(line["id"]): self._facts(line, place) for place, line in enumerate(listed, 1)}
            self._of = (project, contract)
        gone = {"description": "", "amount": "", "item": ""}
        return [self._lines.get(id) or {"id": id, "name": f"contract line {id}", **gone} for id in wanted]

    def _facts(self, line: Mapping[str, Any], place: int) -> Json:
        description = text_of("line_item", line, "description")
        return {
            "id": text(line["id"]),
            "name": " ".join(filter(None, (f"contract line {place}", description))),
            "description": description,
            "amount": money(line.get("amount")),
            "item": _item_of(text(line.get("origin_id")), self._company),
        }


def _item_of(origin: str, company: Company) -> str:
    """The billing item that a line of the contract is linked with by our origin id: `001:24-404:010` is item 010."""
    contract, _, item = (own_key(origin, company.code) or "").rpartition(":")
    return item.strip() if contract else ""


def _traits(line: Mapping[str, Any], codes: WbsCodes) -> tuple[str, str, str]:
    facts = line_facts(line, codes, 1, line_amount(line))
    return facts["phase"], facts["cost_type"], facts["amount"]
