"""One answer at a time to a question, whichever process of the API server takes it.

Airflow takes both of two answers that come in the same moment (it looks whether there is one before it has waited for
the other), tells both people that theirs was taken, and keeps the second. Here the second waits, and hears who was
first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi.concurrency import run_in_threadpool

from spectrum_etl.page.reads import Row, open_warehouse
from spectrum_etl.page.stuck import key_of

#: First part of the advisory lock of whoever answers; the second is a hash of the record.
ANSWER_LOCK = 7_270


@asynccontextmanager
async def alone(row: Row) -> AsyncIterator[None]:
    """Be the only one who answers about a record, until the block ends.

    Args:
        row: of the queue.

    Raises:
        RetryLater: somebody else is at it for too long.
    """
    held = ExitStack()

    def begin() -> None:
        warehouse = held.enter_context(open_warehouse())
        what = f"the question about {row['title']}, which somebody else is answering,"
        held.enter_context(warehouse.lock(ANSWER_LOCK, "/".join(key_of(row)), what))

    try:
        await run_in_threadpool(begin)
        yield
    finally:
        await run_in_threadpool(held.close)
