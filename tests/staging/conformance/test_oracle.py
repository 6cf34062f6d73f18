"""The independent oracle is complete: a column that it does not name would be staged without any proof."""

from dataclasses import replace

import pytest
from source_oracle import unnamed

from spectrum_etl.model.spec import Column, Table
from spectrum_etl.staging.objects import OBJECTS

TABLES = [table for obj in OBJECTS.values() for table in obj.tables]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_oracle_names_every_column_of_every_spec(table: Table) -> None:
    assert unnamed(table) == set(), f"say in source_oracle.py what {table.name} must hold of these"


def test_a_new_column_and_a_new_table_are_noticed() -> None:
    table = TABLES[0]
    new = Column("brand_new", "code", "A column that the oracle does not know", source="Brand_New")
    assert unnamed(replace(table, columns=(*table.columns, new))) == {"brand_new"}
    assert unnamed(replace(table, name="brand_new")) == {column.name for column in table.columns}
