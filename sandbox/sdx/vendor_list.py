"""The REST service Get Vendors: the active vendors of a company as JSON. Used by the server."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg import sql

from sandbox.data.tables import NOTHING
from sandbox.sdx.database import Connections
from sandbox.sdx.filters import Where, trimmed
from sandbox.sdx.services import Service
from sandbox.sdx.writes.store import code

# Query parameter to stored column; Address_3 holds the city (infolink-tables.yaml).
_FILTERS = {"pType": "Type", "pCity": "Address_3", "pState": "State", "pName": "Vendor_Name"}
_COLUMNS = {
    "Company_Code": "Company_Code",
    "Vendor_Code": "Vendor_Code",
    "Name": "Vendor_Name",
    "Address_1": "Address_1",
    "Address_2": "Address_2",
    "City": "Address_3",
    "State": "State",
    "Zip_Code": "Zip_Code",
    "Phone_Number": "Phone",
    "Email": "Vendor_Email",
    "Payment_Terms": "Terms_Code",
    "Payment_Term_Days": "Terms_Days",
    "Account_Reference": "Our_Account_Number",
    "Discount_Terms": "Terms_Disc_Code",
    "Discount_Term_Days": "Terms_Disc_Days",
    "Discount_Percent": "Terms_Disc_Percent",
}


class VendorRequestError(ValueError):
    """A query parameter that is not allowed; `column` names it."""

    def __init__(self, text: str, column: str) -> None:
        super().__init__(text)
        self.column = column


def read_vendors(
    connections: Connections, service: Service, company: str, query: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the active vendors of a company, by name.

    Args:
        connections: the sandbox database.
        service: the declaration of Vendors.
        company: trimmed company code.
        query: the query parameters; comparison ignores case, since nothing is published about it.

    Raises:
        VendorRequestError: an unknown or overlong parameter, or a filter without pCostCenter.
    """
    widths = {parameter.name: parameter.width for parameter in service.parameters}
    where = Where()
    where.companies([company])
    where.add(sql.SQL("\"Status\" = 'A'"))
    for name, value in query.items():
        if name not in widths or name == "pCompany_Code":
            raise VendorRequestError(f"{name} is not a parameter of Get Vendors", name)
        if len(value) > widths[name]:
            raise VendorRequestError(f"{name} has {len(value)} characters, the maximum is {widths[name]}", name)
        if name in _FILTERS and value:
            where.add(sql.SQL("lower({}) = lower(%s)").format(trimmed(_FILTERS[name])), [value.strip()])
    if any(query.get(name) for name in _FILTERS) and not query.get("pCostCenter"):
        raise VendorRequestError(
            "pCostCenter is required when a filter is used: one cost center, or ALL", "pCostCenter"
        )
    statement = sql.SQL(
        'SELECT * FROM dbo."VN_VENDOR_MASTER_MC" WHERE {} ORDER BY "Vendor_Name", "Vendor_Code"'
    ).format(where.sql())
    with connections.snapshot() as connection:
        rows = connection.execute(statement, where.values).fetchall()
    return [_vendor(service, row) for row in rows]


def _vendor(service: Service, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {field: row[column] for field, column in _COLUMNS.items()}
    values["First_Name"], _, values["Last_Name"] = code(row, "Contact_Name").partition(" ")
    return {field.name: _value(values.get(field.name), field.kind) for field in service.fields}


def _value(value: Any, kind: str) -> Any:
    if value is None or value == NOTHING:
        return 0 if kind == "numeric" else ""
    if isinstance(value, Decimal):
        # JSON has no decimal.
        return int(value) if value == value.to_integral_value() else float(value)
    return value
