"""Generates the vendors of a company; used by the generator and the month of business."""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.data import words
from sandbox.data.rows import money

# Which cost types a vendor of a type is used for; vendors without a type supply everything small.
_USED_FOR = {"SUB": "S", "MAT": "M", "EQP": "RE", "": "O"}


@dataclass(frozen=True)
class Vendor:
    """A vendor's code (trimmed), name, type and status."""

    code: str
    name: str
    kind: str
    status: str


def plan_vendors(seed: int, company: str, count: int, first: int = 0) -> list[Vendor]:
    """Return vendors number `first` to `first + count - 1` of a company; the same arguments give the same vendors."""
    result = []
    for number in range(first, first + count):
        rng = random.Random(f"{seed}/vendor/{company}/{number}")
        kind = ("SUB", "SUB", "MAT", "MAT", "EQP", "")[number % 6]
        ending = {"SUB": words.TRADES, "MAT": words.SUPPLIERS, "EQP": words.RENTALS, "": ("Services", "")}[kind]
        last = rng.choice(words.LAST_NAMES)
        name = f"{last} {rng.choice(ending)}".strip() if number % 9 else f"{rng.choice(words.FIRST_NAMES)} {last}"
        status = "I" if number % 11 == 10 else "A"
        result.append(Vendor(f"{_ascii(last)[:5]}{number + 100:04d}", name[:30], kind, status))
    return result


def by_cost_type(vendors: list[Vendor]) -> dict[str, list[Vendor]]:
    """Group the active vendors by the cost type they are used for (labor and equipment of one's own have none)."""
    groups: dict[str, list[Vendor]] = {cost_type: [] for cost_type in _USED_FOR.values()}
    for vendor in vendors:
        if vendor.status == "A":
            groups[_USED_FOR[vendor.kind]].append(vendor)
    fallback = vendors[:1]
    return {cost_type: group or fallback for cost_type, group in groups.items()}


def vendor_rows(seed: int, company: str, vendors: list[Vendor], as_of: date) -> Iterator[dict[str, Any]]:
    """Yield the VN_VENDOR_MASTER_MC row of each vendor."""
    for vendor in vendors:
        rng = random.Random(f"{seed}/vendor row/{company}/{vendor.code}")
        city, state, zip_code = rng.choice(words.CITIES)
        area = rng.randint(201, 989)
        invoiced = as_of - timedelta(days=rng.randint(1, 500))
        email = f"office@{_ascii(vendor.name).lower()[:20]}.example" if rng.random() < 0.8 else ""
        yield {
            "Company_Code": company,
            "Vendor_Code": vendor.code,
            "Vendor_Name": vendor.name,
            "Alpha_Sort": _ascii(vendor.name)[:6],
            "Type": vendor.kind,
            "Status": vendor.status,
            "Address_1": f"{rng.randint(10, 9900)} {rng.choice(words.STREETS)}",
            # A tab inside a text, as pasted addresses have it.
            "Address_2": f"Suite {rng.randint(1, 40)}{chr(9)}Bldg. A" if rng.random() < 0.05 else None,
            "Address_3": city,
            "State": state,
            "Zip_Code": zip_code,
            "Phone": f"{area}555{rng.randint(100, 199):04d}",
            "Fax_Phone": f"{area}555{rng.randint(200, 299):04d}" if rng.random() < 0.4 else "",
            "Vendor_Email": email,
            "Contact_Name": f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"[:20],
            "Our_Account_Number": f"AC-{rng.randint(1000, 9999)}" if rng.random() < 0.3 else "",
            "Send_1099_Flag": "N",
            # How it is paid, which is not whether it is active.
            "Vendor_Status": rng.choice("CCCPV"),
            "Terms_Disc_Code": "A",
            "Terms_Code": rng.choice("AAAB"),
            "Terms_Days": rng.choice((10, 15, 30, 30, 30, 45)),
            "Hold_Flag": "Y" if rng.random() < 0.03 else "N",
            "Insurance_Exp_Date": as_of + timedelta(days=rng.randint(-90, 400)) if vendor.kind == "SUB" else None,
            "Balance": money(rng.randint(0, 9_000_000) if rng.random() < 0.6 else 0),
            "Date_Last_Invoice": invoiced,
            "Date_Last_Payment": invoiced + timedelta(days=28) if rng.random() < 0.8 else None,
        }


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in plain if letter.isalnum()).upper()
