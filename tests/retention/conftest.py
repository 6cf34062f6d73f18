"""A warehouse with the books of syncs, one a test."""

import pytest

from tests.sync_books import Books


@pytest.fixture
def books(warehouse_database: str) -> Books:
    """A migrated warehouse without any sync."""
    return Books(warehouse_database)
