"""COPY of rows that are one text each: what arrives is what was sent, whatever characters it holds."""

import psycopg
import pytest

from spectrum_etl.warehouse.copy import copy_lines, copy_rows, create_landing_table

VALUES = [
    "plain",
    "",
    "  ",
    "back\\slash",
    "\\N",
    "\\.",
    "tab\t",
    "new\nline",
    "carriage\r",
    "\r\n",
    'quo"te',
    "Zürich №",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_text_arrives_as_it_is(database, value):
    """Nothing of COPY's own syntax is taken for data or the other way round; blank is null."""
    with psycopg.connect(database) as connection:
        connection.execute("create schema landing")
        create_landing_table(connection, "landing.lines", ["a", "b", "c"])
        copied = copy_lines(
            connection, "landing.lines", ["a", "b", "c"], [[f"1\x1f{value}\x1fz"], ["2\x1f\x1f", f"3\x1fx\x1f{value}"]],
            "\x1f",
        )  # fmt: skip
        found = connection.execute("select * from landing.lines order by a").fetchall()
    assert copied == 3
    assert found == [("1", value or None, "z"), ("2", None, None), ("3", "x", value or None)]


def test_rows_and_lines_land_alike(database):
    """Both ways of copying give the same rows."""
    with psycopg.connect(database) as connection:
        connection.execute("create schema landing")
        for name in ("rows", "lines"):
            create_landing_table(connection, f"landing.{name}", ["a", "b"])
        copy_rows(connection, "landing.rows", ["a", "b"], [[(value, None) for value in VALUES if value]])
        copy_lines(connection, "landing.lines", ["a", "b"], [[f"{value}\x1f" for value in VALUES if value]], "\x1f")
        difference = connection.execute("table landing.rows except all table landing.lines").fetchall()
    assert difference == []
