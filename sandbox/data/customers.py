"""Generates the customers of a company; used by the generator."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.data import words

FIRST_CUSTOMER = 1001


def customer_rows(company: str, as_of: date) -> Iterator[dict[str, Any]]:
    """Yield the CR_CUSTOMER_MASTER_MC row of each customer, `C1001` and up; every company has the same ones."""
    for number, name in enumerate(words.CUSTOMERS, start=FIRST_CUSTOMER):
        rng = random.Random(f"customer/{company}/{number}")
        city, state, zip_code = rng.choice(words.CITIES)
        yield {
            "Company_Code": company,
            "Customer_Code": f"C{number}",
            "Name": name,
            "Alpha_Sort": "".join(letter for letter in name.upper() if letter.isascii() and letter.isalnum())[:8],
            "Address_1": f"{rng.randint(10, 9900)} {rng.choice(words.STREETS)}",
            "City": city,
            "State": state,
            "Zip_Code": zip_code,
            "Phone": f"614555{rng.randint(300, 399):04d}",
            "Type": rng.choice(("OWNER", "PUBLIC", "")),
            "Contact_1": f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}"[:20],
            "Terms_Code": "A",
            "Taxable_Flag": rng.choice("YN"),
            "Standard_Retention_Percent": rng.choice(("5.0000", "10.0000")),
            "Statement_Flag": "Y",
            "Date_Created": as_of - timedelta(days=rng.randint(1_300, 5_000)),
            "Status": "A",
            "All_Cost_Centers": "Y",
        }
