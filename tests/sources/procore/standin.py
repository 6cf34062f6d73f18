"""A stand-in Procore with next to nothing in it and no Spectrum, for tests of what the client reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from sandbox.procore import schema
from sandbox.procore.access import ServiceAccount
from sandbox.procore.seed_records import Records
from sandbox.procore.server import ProcoreServer
from spectrum_etl.sources.procore import ProcoreClient, ProcoreConnection

COMPANY = 4001
_SECRET = "secret-of-the-client"


@dataclass
class StandIn:
    """The server, the client of its only company, and ids of what is in it."""

    url: str
    server: ProcoreServer
    client: ProcoreClient
    template: int
    erp_list: int
    waits: list[float]

    def fault(self, name: str, value: str | None = None, count: int | None = None) -> None:
        """Switch a fault on."""
        self.server.switches.set(name, value, count)

    def calls(self, path: str) -> list[dict[str, Any]]:
        """The calls of this path that were made so far."""
        return [call for call in self.server.calls.report()["calls"] if path in call["service"]]

    def change(self, record_id: int, **fields: Any) -> None:
        """Change a record past every rule, as an administrator does."""
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "UPDATE procore.records SET fields = fields || %s, updated_at = clock_timestamp() WHERE id = %s",
                [psycopg.types.json.Jsonb(fields), record_id],
            )

    def remove(self, record_id: int) -> None:
        """Delete a record, as merging it into another one does."""
        with psycopg.connect(self.url) as connection:
            connection.execute("DELETE FROM procore.records WHERE id = %s", [record_id])


@contextmanager
def standing_in(url: str) -> Iterator[StandIn]:
    """Fill a database and serve it.

    Args:
        url: of an empty database.
    """
    records = Records()
    records.add("company", COMPANY, {"name": "Builders"}, record_id=COMPANY)
    erp_list = records.add("standard_cost_code_list", COMPANY, {"name": "Spectrum Standard Cost Codes"})
    template = records.add(
        "project_template",
        COMPANY,
        {"name": "Commercial", "standard_cost_code_list_id": erp_list, "tools_off": ["direct_costs"]},
    )
    records.add("department", COMPANY, {"name": "Civil"})
    with psycopg.connect(url) as connection:
        schema.create(connection)
        records.write(connection)
    waits: list[float] = []
    with ProcoreServer(url, [ServiceAccount("client", _SECRET, (COMPANY,))]) as server:
        connection_of = ProcoreConnection(server.url, "client", _SECRET, server.url, str(COMPANY))
        with ProcoreClient(connection_of, sleep=waits.append, jitter=lambda most: 0.0) as client:
            yield StandIn(url, server, client, template, erp_list, waits)
