"""Seeds prime contracts and their change orders: ready ones, and one for each rule that can be broken."""

from sandbox.procore.seed_commitments import buyable
from sandbox.procore.seed_contracts import Line, Site, linked_prime


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
