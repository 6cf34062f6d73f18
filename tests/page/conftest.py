"""One API server and one filled warehouse for all tests of the page."""

from collections.abc import Iterator

import pytest

from stack.postgres import EmbeddedPostgres
from tests.page.page_airflow import PageAirflow, open_page_airflow
from tests.page.page_data import fill


@pytest.fixture(scope="session")
def page(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageAirflow]:
    """The page in a real API server, over a warehouse in which everything has been staged."""
    served = open_page_airflow(postgres, tmp_path_factory.mktemp("page"))
    fill(served.warehouse_url)
    try:
        served.start()
        yield served
    finally:
        served.stop()
