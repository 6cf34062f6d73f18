"""Seeds prime contracts and their change orders: ready ones, and one for each rule that can be broken."""

from sandbox.procore.seed_commitments import buyable
from sandbox.procore.seed_contracts import Line, Site, linked_prime
from sandbox.procore.seed_projects import Pair


def seed_prime(site: Site, role: str) -> None:
    """Add the prime contract of a linked project and its change orders.

    Args:
        site: the project.
        role: `ready`; `unlinked` for a contract that is not synced, `stale` for one with a line that Spectrum does not
            have, `unit` for unit prices (J1); anything else for a contract without change orders.
    """
    differs: dict[str, object] = {}
    if role == "unlinked":
        differs = {"linked": False}
    elif role == "unit":
        differs = {"accounting_method": "unit"}
    contract = linked_prime(site, **differs)
    pairs = buyable(site)
    if contract is None or not pairs or role not in {"ready", "unlinked", "stale", "unit"}:
        return
    items = site.lines.get(contract, [])
    item = items[0] if items else None
    marked = (("horizontal", "10.0", "421.05"), ("vertical", "1.5", "63.16"))
    lines = [
        Line(pairs[0], "4210.50", "Added doors – “hollow metal”", marked, item),
        Line(pairs[-1], "-850.25", "Delete alternate 2", (("horizontal", "10.0", "-85.03"),), item),
    ]
    if role == "stale":
        site.add_line(contract, Line(None, "15000.00", "Added in Procore alone"), len(items) + 1)
    if role != "ready":
        site.change_order(contract, "001", f"Prime contract {role}", lines, prime=True)
        return
    site.change_order(contract, "002", "Türen und Tore", lines, prime=True)  # H2: clashes with a commitment's 002
    site.change_order(contract, "PCCO-7", "No markup", [Line(pairs[0], "0.01", "Rounding", (), item)], prime=True)
    site.change_order(contract, "003", "Pending", lines, prime=True, status="pending")  # J1
    site.change_order(contract, "004", "Long " * 52, lines, prime=True)  # J1: 259 characters when trimmed
    site.change_order(contract, "005", "No prime line", [Line(pairs[0], "10.00", "Fee")], prime=True)
    site.change_order(contract, "006", "No lines", [], prime=True)
    twice = [Line(pairs[0], "10.00", "Fee", (), item), Line(pairs[0], "20.00", "Fee", (), item)]
    site.change_order(contract, "007", "Code twice", twice, prime=True)
    if len(items) > 1:
        _several_items(site, contract, pairs, items)


def _several_items(site: Site, contract: int, pairs: list[Pair], items: list[int]) -> None:
    """Add change orders whose lines belong to different lines of the contract, or some of them to none."""
    first, last = pairs[0], pairs[-1]
    bond, fee = ("vertical", "1.5", "15.33"), ("horizontal", "10.0", "100.00")
    lines = [
        Line(first, "1000.00", "Doors of the lobby", (fee, bond), items[0]),
        Line(last, "-120.40", "Less glass", (("horizontal", "10.0", "-12.04"),), items[1]),
        Line(first, "250.00", "Frames of the lobby", (), items[0]),
    ]
    site.change_order(contract, "008", "Lobby, two items", lines, prime=True)
    free = Line(last, "75.25", "Permit", (("horizontal", "10.0", "7.53"),))
    site.change_order(contract, "009", "Lobby, a line without item", [*lines[:2], free], prime=True)
