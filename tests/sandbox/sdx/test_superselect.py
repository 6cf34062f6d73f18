"""SuperSelect: every documented form and every forbidden combination, in memory and in SQL alike."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sandbox.sdx.superselect import SuperSelectError, parse

CODES = ["A", "B", "C", "LA", "LB", "SMITH", "ASMIB", "A1", "A%", "A_", "AX", ""]

SELECTED = {
    "": CODES,
    "ALL": CODES,
    "*": CODES,
    "A": ["A"],
    "L*": ["LA", "LB"],
    "*SMI*": ["SMITH", "ASMIB"],
    "A?": ["A1", "A%", "A_", "AX"],
    "A%": ["A%"],
    "A_": ["A_"],
    "A,B": ["A", "B"],
    "L*,SM*": ["LA", "LB", "SMITH"],
    "B,A?": ["B", "A1", "A%", "A_", "AX"],
    "A/B": ["A", "B", "ASMIB", "A1", "A%", "A_", "AX"],
    "C,LA/LB": ["C", "LA", "LB"],
    "#A": [code for code in CODES if code != "A"],
    "#A,B,C": [code for code in CODES if code not in {"A", "B", "C"}],
}
FORBIDDEN = ["#A*", "#A/B", "#A?", "A,#B", "A*,B?", "A*,B/C", "L*/M", "A, B", "A ,B", "A,,B", "/B", "A/B/C", "*A",
             "A*B", "#", "A?,B/C", "A/ B", "#A, B"]  # fmt: skip


@pytest.mark.parametrize("expression", SELECTED)
def test_documented_forms_select(expression: str) -> None:
    selection = parse(expression)
    assert [code for code in CODES if selection.matches(code)] == SELECTED[expression]


@pytest.mark.parametrize("expression", FORBIDDEN)
def test_other_forms_and_combinations_are_refused(expression: str) -> None:
    with pytest.raises(SuperSelectError):
        parse(expression)


def test_sql_selects_the_same(business: str) -> None:
    with psycopg.connect(business) as connection:
        for expression, expected in SELECTED.items():
            part, values = parse(expression).condition(sql.SQL("code"))
            statement = sql.SQL("SELECT code FROM unnest(%s::text[]) AS code WHERE {}").format(part)
            found = {row[0] for row in connection.execute(statement, [CODES, *values])}
            assert found == set(expected), expression


def test_phases_are_selected_by_cost_type(soap: Any, query: Callable[..., list[tuple[Any, ...]]]) -> None:
    """Over the wire, blanks included in 'everything but': a phase of the flawed data has no cost type at all."""
    job = query("""SELECT btrim("Job_Number") FROM "JC_PHASE_MASTER_MC" WHERE btrim("Cost_Type") = ''""")[0][0]
    found = {
        expression: {row["Cost_Type"].strip() for row in soap.rows("GetPhase", pJob_Number=job, pCost_Type=expression)}
        for expression in ("S", "L,S", "L/M", "#L", "?", "ALL")
    }
    assert found["S"] == {"S"}
    assert found["L,S"] == {"L", "S"}
    assert found["L/M"] == {"L", "M"}
    assert found["#L"] == found["ALL"] - {"L"}
    assert "" in found["#L"]
    assert found["?"] == {code for code in found["ALL"] if len(code) == 1}
    assert found["ALL"] >= {"", "Z"}
