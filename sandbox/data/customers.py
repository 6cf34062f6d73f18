"""Generates the customers of a company; used by the generator."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sandbox.data import words

FIRST_CUSTOMER = 1001
# Former customers, who have no job any more: so many at least, and one more for so many jobs.
_FORMER, _JOBS_A_FORMER = 3, 25


def customer_rows(company: str, jobs: int, as_of: date) -> Iterator[dict[str, Any]]:
    """Yield the CR_CUSTOMER_MASTER_MC row of each customer, `C1001` and up; every company has the same active ones.

    Args:
        company: trimmed company code.
        jobs: how many jobs the company has: a large one had more customers.
        as_of: the last day of business.
    """
    former = max(_FORMER, jobs // _JOBS_A_FORMER)
    for number, name in enumerate((*words.CUSTOMERS, *("" for _ in range(former))), start=FIRST_CUSTOMER):
        rng = random.Random(f"customer/{company}/{number}")
        city, state, zip_code = rng.choice(words.CITIES)
        row: dict[str, Any] = {
            "Company_Code": company,
            "Customer_Code": f"C{number}",
            "Name": name,
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
            "Salesperson": rng.choice(("JM", "KD", "")),
            "Sales_Tax_Code": rng.choice(("OH7.25", "PA6", "")),
            "Credit_Limit": f"{rng.choice((0, 0, 250_000, 1_000_000))}.00",
            "Customer_Email": f"payables@c{number}.example" if rng.random() < 0.7 else "",
            "Address_2": "Attn: Accounts Payable" if rng.random() < 0.2 else "",
            "Web_Site": f"www.c{number}.example" if rng.random() < 0.3 else "",
        }
        if not name:
            owner = f"{rng.choice(words.LAST_NAMES)} {rng.choice(words.OWNERS)}"
            row |= {"Name": owner[:30], "Status": "I", "Credit_Limit": "0.00"}
        row["Alpha_Sort"] = "".join(c for c in str(row["Name"]).upper() if c.isascii() and c.isalnum())[:8]
        yield row
