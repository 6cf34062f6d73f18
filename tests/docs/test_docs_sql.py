"""Every block of SQL in the documentation parses, and every question and link runs in an empty warehouse.

docs/marts.md has a test of its own, which runs its queries on data.
"""

import re

import psycopg
import pytest
import sqlglot
from documents import PAGES
from sqlglot import exp

from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate

#: What is said of roles and databases is for the server's administrator, with names of their own.
_RUNS = (exp.Select, exp.Insert)


def parsed(block: str) -> list[exp.Expr | None]:
    """The statements of a block; ParseError where one is no PostgreSQL."""
    return sqlglot.parse(block, read="postgres")


BLOCKS = [
    pytest.param(page, block, id=f"{page} {number}")
    for page, text in PAGES.items()
    if page != "docs/marts.md"
    for number, block in enumerate(re.findall(r"^ *```sql\n(.+?)^ *```$", text, re.MULTILINE | re.DOTALL), 1)
]
QUESTIONS = [block for block in BLOCKS if re.match(r"(?:with|select|insert)\b", str(block.values[1]))]


@pytest.fixture(scope="module")
def empty_warehouse(postgres):
    """A warehouse with all its tables, and no row."""
    name = "docs_sql"
    postgres.create_database(name)
    url = postgres.url(name)
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        for obj in OBJECTS.values():
            for table in obj.tables:
                ensure_table(connection, table)
    yield url
    postgres.drop_database(name)


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_a_block_of_sql_parses(page, block):
    for statement in parsed(block):
        assert statement is not None, f"{page}: an empty statement in\n{block}"


@pytest.mark.parametrize(("page", "block"), QUESTIONS)
def test_a_question_can_be_asked(page, block, empty_warehouse):
    assert all(isinstance(statement, _RUNS) for statement in parsed(block)), f"{page}: it changes more than rows"
    with psycopg.connect(empty_warehouse) as connection:
        connection.execute(block.encode())
        connection.rollback()
