"""What the columns that nobody may read hold in the generated rows: values to be looked for where they must not be.

Tax ids, bank accounts, wages and encrypted copies of them (`# never read` in `infolink-columns.yaml`). Each column has
one value of its own in every generated row, so that a test that finds it in the warehouse, a log or a page knows which
column leaked. None can be a real person's or account's.
"""

from decimal import Decimal
from functools import cache

from sandbox.data.tables import tables

# The column and its value, which fits its width. Wages differ in the last cent only: 77123.41 is PR_Pay_Amount1.
VALUES: dict[str, str | Decimal | bytes] = {
    "Social_Sec_Number": "900770011",  # numbers that start with 9 are never issued
    "Fed_Id_Number": "NR-FED-77012",
    "Alt_1099_Name": "NR-NAME-OF-1099-77030",
    "ABA_Number": "990770099",
    "Checking_Account_Code": "NR-CHECKING-77017",
    "Bank_Account_Code": "NR-BANK-77015",
    "Merchant_ID": "NR-MERCHANT-77030",
    "Card_Number": "NR-CARD-77",
    "Resale_Number": "NR-RESALE-77031",
    "Comdata_Temp_Credit_Card": "NR-COMDATA-77016",
    "Encrypted_Social_Sec_Number": b"NR-ENCRYPTED-SOCIAL-77068".ljust(68, b"\xa7"),
    "Encrypted_Checking_Account_Code": b"NR-ENCRYPTED-CHECKING-77068".ljust(68, b"\xa7"),
    "Pr_Burden": Decimal("77123.40"),
    **{f"PR_Pay_Amount{number}": Decimal("77123.40") + Decimal(number) / 100 for number in range(1, 8)},
}


@cache
def columns() -> dict[str, tuple[str, ...]]:
    """Return the columns nobody may read of each table that has some.

    Raises:
        KeyError: a column that the reference marks has no value here.
    """
    found = {}
    for name, table in tables().items():
        marked = tuple(column.name for column in table.columns if column.never_read)
        missing = [column for column in marked if column not in VALUES]
        if missing:
            raise KeyError(f"{name}: {', '.join(missing)} must never be read: give it a value in {__name__}")
        if marked:
            found[name] = marked
    return found


def row_values(table: str) -> dict[str, str | Decimal | bytes]:
    """Return what a generated row of a table holds in the columns nobody may read, by column; mostly nothing."""
    return {column: VALUES[column] for column in columns().get(table, ())}
