"""Who writes into Procore: one at a time, over all DAGs and machines. Used by what imports and what exports.

Calls that write into one project run one at a time: Procore answers 409 otherwise. Those on companies of the directory
run one at a time in a Procore company. An advisory lock of the warehouse, which belongs to a session: whatever ends the
process frees it, SIGKILL too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.locks import give_back, take

#: First part of the advisory lock of what is written into in Procore. An arbitrary number of our own.
WRITE_LOCK = 7_275

#: The companies of the directory, as a place.
COMPANIES = "vendors"


def project(project_id: str) -> str:
    """A project, as a place.

    Args:
        project_id: of Procore.
    """
    return f"project {project_id}"


@contextmanager
def writing(connection: psycopg.Connection, procore_company: str, place: str) -> Iterator[None]:
    """Write as the only one.

    Args:
        connection: outside a transaction; its session holds the lock.
        procore_company: id of the Procore company.
        place: what is written into: `COMPANIES`, a `project`, or a name that its writers share.

    Raises:
        RetryLater: somebody else writes there for too long; the message names who.
    """
    name = f"{procore_company}/{place}"
    take(connection, WRITE_LOCK, name, what=f"writing {place} of Procore company {procore_company}", for_session=True)
    try:
        yield
    finally:
        if not connection.broken:
            give_back(connection, WRITE_LOCK, name)


@contextmanager
def writing_apart(url: str, procore_company: str, place: str) -> Iterator[None]:
    """As `writing`, by a session of its own: for who is in a transaction.

    Args:
        url: the warehouse.
    """
    with connect(url) as connection:
        connection.autocommit = True
        with writing(connection, procore_company, place):
            yield
