"""Checks the warehouse: that it can be reached, written to, and is new enough."""

from __future__ import annotations

from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.connections.result import Checked
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.settings import Company
from spectrum_etl.warehouse.connect import CONNECTION_ID, connect
from spectrum_etl.warehouse.migrate import migrate


def check_warehouse(company: Company, url: str) -> Checked:
    """Log in, and bring the warehouse's own tables up to date, which takes what every sync takes.

    Args:
        company: for whom.
        url: the warehouse.
    """
    try:
        with connect(url) as connection:
            connection.autocommit = True
            migrate(connection)
    except SpectrumEtlError as error:
        return not_connected(company.code, CONNECTION_ID, "warehouse", error)
    return Checked(company.code, CONNECTION_ID, "warehouse")
