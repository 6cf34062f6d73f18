"""AddVendor and UpdateVendor: rules as their pages give them, rows of VN_VENDOR_MASTER_MC."""

import re
from decimal import Decimal

from sandbox.sdx.writes import lookups
from sandbox.sdx.writes.store import change, code, find, insert
from sandbox.sdx.writes.work import Work

_TABLE = "VN_VENDOR_MASTER_MC"
# The city has another name in each service; the column is the same.
_UPDATE = {"City": "Address_3"}
_LISTS = range(1, 11)
# Ways of payment that go to a bank account.
_TO_AN_ACCOUNT = frozenset({"P", "S", "E"})


def add_vendor(work: Work) -> None:
    """Create a vendor, active.

    Raises:
        Refused: the code is taken or not upper case letters and digits, or another rule is broken.
    """
    vendor_code = work.text("Vendor_Code")
    if vendor_code and not re.fullmatch(r"[A-Z0-9]+", vendor_code):
        work.invalid("Vendor_Code", "Vendor_Code must be upper case letters and digits, without symbols or commas")
    elif vendor_code and find(work.connection, _TABLE, {"Company_Code": work.company, "Vendor_Code": vendor_code}):
        work.invalid("Vendor_Code", f"Vendor {vendor_code} already exists")
    _check_both(work)
    work.settle()
    values = {"Hold_Flag": "N", "Status": "A"} | work.row(_TABLE, {})
    insert(work.connection, _TABLE, {"Company_Code": work.company, "Vendor_Code": vendor_code} | values)
    work.keep("vendor", vendor_code, _TABLE)


def update_vendor(work: Work) -> None:
    """Change what is not blank of an existing vendor.

    Raises:
        Refused: no such vendor, or a rule is broken.
    """
    row = lookups.vendor(work)
    _check_both(work)
    if row is not None:
        _check_payment(work, code(row, "Address_1"), code(row, "Address_3"), code(row, "State"), code(row, "Zip_Code"))
    work.settle()
    vendor_code = work.text("Vendor_Code")
    key = {"Company_Code": work.company, "Vendor_Code": vendor_code}
    change(work.connection, _TABLE, key, work.row(_TABLE, _UPDATE))
    work.keep("vendor", vendor_code, _TABLE, _UPDATE)


def _check_both(work: Work) -> None:
    if work.text("Social_Sec_Number") and work.text("Fed_Id_Number"):
        work.invalid("Fed_Id_Number", "Fed_Id_Number and Social_Sec_Number exclude each other")
    total = Decimal(0)
    for number in _LISTS:
        account, percent = f"GL_Distribution_Acct_List{number}", f"GL_Distrib_Percent_List{number}"
        if work.text(account):
            work.missing(percent)
        elif work.text(percent):
            work.missing(account)
        total += work.number(percent) or Decimal(0)
    if total not in {Decimal(0), Decimal(100)}:
        work.invalid("GL_Distrib_Percent_List1", f"the distribution percentages add up to {total}, they must be 100")


def _check_payment(work: Work, *address: str) -> None:
    method = work.text("Vendor_Status")
    if method in _TO_AN_ACCOUNT:
        work.missing("Checking_Account_Code", "Account_Type", "ABA_Number")
    if method == "V":
        stored = dict(zip(("Address_1", "City", "State", "Zip_Code"), address, strict=True))
        work.missing(*(name for name, value in stored.items() if not value))
