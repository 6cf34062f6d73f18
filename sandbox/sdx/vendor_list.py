"""The REST service Get Vendors: the active vendors of a company as JSON. Used by the server."""

from collections.abc import Mapping
from dataclasses import dataclass
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


# Of the third-party reference that the catalogue mentions: paging is on no official page.
_LIMIT, _SKIP, _MOST = "$limit", "$skip", 500


@dataclass(frozen=True)
class Paging:
    """What an installation does that no official page says.

    Args:
        rows: vendors of one answer where the call says nothing; 0: all of them, and no parameter for pages.
        ignores_unknown: unknown parameters are ignored, not refused.
    """

    rows: int = 0
    ignores_unknown: bool = False


class VendorRequestError(ValueError):
    """A query parameter that is not allowed; `column` names it."""

    def __init__(self, text: str, column: str) -> None:
        super().__init__(text)
        self.column = column


def read_vendors(
    connections: Connections,
    service: Service,
    company: str,
    query: Mapping[str, str],
    paging: Paging = Paging(),
) -> list[dict[str, Any]]:
    """Return the active vendors of a company, by name, all of them or one page.

    Args:
        connections: the sandbox database.
        service: the declaration of Vendors.
        company: trimmed company code.
        query: the query parameters; comparison ignores case, since nothing is published about it.
        paging: whether there are pages.

    Raises:
        VendorRequestError: an unknown or overlong parameter, or a filter without pCostCenter.
    """
    widths = {parameter.name: parameter.width for parameter in service.parameters}
    where = Where()
    where.companies([company])
    where.add(sql.SQL("\"Status\" = 'A'"))
    first, count = _page(query, paging)
    for name, value in query.items():
        if paging.rows and name in {_LIMIT, _SKIP}:
            continue
        if name not in widths or name == "pCompany_Code":
            if paging.ignores_unknown:
                continue
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
        'SELECT * FROM dbo."VN_VENDOR_MASTER_MC" WHERE {} ORDER BY "Vendor_Name", "Vendor_Code" OFFSET %s LIMIT %s'
    ).format(where.sql())
    with connections.snapshot() as connection:
        rows = connection.execute(statement, [*where.values, first, count]).fetchall()
    return [_vendor(service, row) for row in rows]


def _page(query: Mapping[str, str], paging: Paging) -> tuple[int, int | None]:
    """The first vendor of an answer, from 0, and how many it holds at most."""
    if not paging.rows:
        return 0, None
    limit, skip = query.get(_LIMIT, str(paging.rows)), query.get(_SKIP, "0")
    if not limit.isdecimal() or not 1 <= int(limit) <= _MOST:
        raise VendorRequestError(f"{_LIMIT} must be 1 to {_MOST}", _LIMIT)
    if not skip.isdecimal():
        raise VendorRequestError(f"{_SKIP} must be a whole number", _SKIP)
    return int(skip), int(limit)


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
