"""Seeds the people of a company's directory, and who made its projects, contracts and change orders.

They come after everything else, so that they take no id away from records that were seeded before there were people.
"""

from typing import Any

from sandbox.procore.seed_records import Records

# Name, and what differs from a user whose login is their address. A login need not be one, an address may be missing.
_USERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Pat", "Morgan", {}),
    ("Zoë", "Núñez", {"login": "znunez", "email_address": "zoe.nunez@summitridge.example"}),
    ("Sam", "O'Brien", {"job_title": "Project Engineer"}),
    ("Lee", "Unreachable", {"login": "lee", "email_address": ""}),
)
#: What people make, and Procore remembers the maker of.
_MADE = frozenset(
    {"project", "work_order_contract", "purchase_order_contract", "prime_contract", "change_order_package"}
)
_MAIL = "summitridge.example"


def seed_users(records: Records, company_id: int) -> None:
    """Add the company's users, and let them be the creators of its records: all but the last, each in turn.

    Args:
        records: added to.
        company_id: its id in Procore.
    """
    users = [records.add("user", company_id, _user(*user)) for user in _USERS]
    for place, record_id in enumerate(records.of(company_id, _MADE)):
        records.change(record_id, {"created_by_id": users[place % (len(users) - 1)]})


def _user(first: str, last: str, differs: dict[str, Any]) -> dict[str, Any]:
    address = f"{first}.{last}@{_MAIL}".lower().replace("'", "")
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "login": address,
        "email_address": address,
        "job_title": "Project Manager",
        "is_active": True,
        "is_employee": True,
        **differs,
    }
