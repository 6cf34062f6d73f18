"""Prime contract change orders of Procore: collected and read again. Used by `prime_contract_change_orders`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.objects import contracts
from spectrum_etl.exports.objects.days import day_of
from spectrum_etl.exports.objects.facts import Json, WbsCodes, found, line_facts, money, of_each, project_facts, text
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.rules.change_requests import APPROVED
from spectrum_etl.exports.spec import Candidate, RecordId, Scope, Skipped
from spectrum_etl.settings import Company
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient


def collect(client: ProcoreClient, company: Company, scope: Scope) -> Iterator[Candidate | Skipped]:
    """Approved change orders; one that the form names is shown whatever it is."""
    codes = contracts.ProjectCodes(client)

    def of(project: Mapping[str, Any]) -> Iterator[Candidate]:
        id = text(project["id"])
        listed = resources.prime_change_orders(client, id, status=None if scope.records else APPROVED)
        orders = [order for order in listed if contracts.wanted(order, scope, (APPROVED,), company)]
        # The list of projects does not name the zone as the tz database does.
        shown = found(resources.project, client, id) if orders else None
        primes = list(resources.prime_contracts(client, id)) if orders else []
        for order in orders if shown is not None else ():
            whole = found(resources.prime_change_order, client, id, text(order["id"]))
            if whole is not None and shown is not None:
                yield _candidate(client, company, shown, whole, primes, codes.of(id))

    yield from of_each(client, contracts.projects(client, scope), of)


def read(client: ProcoreClient, company: Company, id: RecordId) -> Candidate | None:
    """One change order again."""
    project = found(resources.project, client, id.project)
    order = found(resources.prime_change_order, client, id.project, id.record)
    if project is None or order is None:
        return None
    primes = list(resources.prime_contracts(client, id.project))
    return _candidate(client, company, project, order, primes, contracts.ProjectCodes(client).of(id.project))


def _lines(client: ProcoreClient, project: str, order: Mapping[str, Any], codes: WbsCodes) -> list[Json]:
    """The lines with their markups, which only the change order package of older date has; else those without."""
    package_id = text(order.get("legacy_package_id"))
    package = found(resources.change_order_package, client, project, package_id) if package_id else None
    lines = (package or {}).get("line_items") or resources.prime_change_order_line_items(client, project, order["id"])
    return [
        {**line_facts(line, codes, position, contracts.line_amount(line)), "markup": _markup(line)}
        for position, line in enumerate(lines, 1)
    ]


def _markup(line: Mapping[str, Any]) -> str:
    """All markups of a line, horizontal and vertical ones; what is no amount is kept for the rules to report."""
    amounts = [text(markup.get("amount")) or "0" for markup in line.get("markup_line_items") or ()]
    numbers = [number_of(amount) for amount in amounts]
    return " + ".join(amounts) if None in numbers else money(sum(filter(None, numbers), Decimal(0)))


def _candidate(
    client: ProcoreClient,
    company: Company,
    project: Mapping[str, Any],
    order: Mapping[str, Any],
    primes: list[resources.Record],
    codes: WbsCodes,
) -> Candidate:
    facts = project_facts(project)
    contract = next((prime for prime in primes if text(prime["id"]) == text(order.get("contract_id"))), {})
    number, name = text(order.get("number")), text_of("change_order", order, "title")
    content = {
        "project": facts,
        "number": number,
        "title": name,
        "description": text_of("change_order", order, "description") or name or number,
        "status": text(order.get("status")),
        "approved_on": day_of(order.get("reviewed_at"), project),
        "total": money(order.get("grand_total")),
        "prime_contracts": sum(1 for prime in primes if not prime.get("deleted_at")),
        "contract": {
            **contracts.contract_facts(contract),
            "accounting_method": text(contract.get("accounting_method")),
            "total": money(contract.get("grand_total")),
        },
        "lines": _lines(client, facts["id"], order, codes),
    }
    called = " ".join(filter(None, (number, name))) or text(order["id"])
    title = f"Prime contract change order {called} ({facts['name']})"
    return Candidate(RecordId(company.code, facts["id"], text(order["id"])), title, content)
