"""What the typed rows do not show of the landed ones: blank amounts, rounded decimals, removed characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg

from spectrum_etl.model.character_marks import MARKS, SYMBOLS
from spectrum_etl.model.check_result import CheckResult
from spectrum_etl.model.run import Landing
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Settings
from spectrum_etl.staging.cast import DIGITS, identifies, takes_out, trimmed
from spectrum_etl.warehouse.landings import LandedTable
from spectrum_etl.warehouse.templates import quote, render

_EXAMPLES = 20


def notes(
    connection: psycopg.Connection, landing: Landing, table: Table, landed: LandedTable, settings: Settings
) -> list[CheckResult]:
    """What was made of values that are staged otherwise than they are in the source.

    Args:
        connection, landing, table, landed, settings: as for `cast_rows`.

    Returns:
        `characters_fit`, where there are any: characters that PostgreSQL or XML cannot hold, taken out of texts.
        `amounts_present`: amounts that nobody entered, staged as 0. `quantities_fit`: quantities and hours that were
        rounded, which is noted and no warning.
    """
    return [
        *_characters(connection, landing, table, landed, settings),
        *_numbers(connection, landing, table, landed, settings),
    ]


def _characters(
    connection: psycopg.Connection, landing: Landing, table: Table, landed: LandedTable, settings: Settings
) -> list[CheckResult]:
    columns = table.read_columns(settings.stage_employees)
    texts = [c.name for c in columns if takes_out(table, c)]
    if not landed.marked_rows or not texts:
        return []
    found = connection.execute(
        render(
            "publish/characters_found.sql",
            landing=landing.relation(table.name),
            known_by=[c.name for c in columns if identifies(table, c)],
            columns=texts,
        ),
        {"marks": MARKS, "symbols": SYMBOLS, "personal": [c.name for c in columns if c.personal]},
    ).fetchall()
    if not found:
        return []
    values = sum(count for _, count, _ in found)
    named = _counts({name: count for name, count, _ in found}, [name for name, _, _ in found])
    examples = [example for _, _, examples in found for example in examples][:_EXAMPLES]
    first = ", ".join(f"{name} {value}" for name, value in examples[0].items() if name not in ("column_name", "value"))
    return [
        CheckResult(
            "characters_fit",
            "warning",
            "warned",
            columns=tuple(name for name, _, _ in found),
            rows_failed=values,
            examples=examples,
            message=f"{table.name} of company {landing.scope.company_code}: characters that PostgreSQL or XML cannot"
            f" hold were taken out of {values} values ({named}), the first of {first}. The rest of each is staged.",
            remedy="Enter the text again in Spectrum.",
            source="guard",
        )
    ]


def _numbers(
    connection: psycopg.Connection, landing: Landing, table: Table, landed: LandedTable, settings: Settings
) -> list[CheckResult]:
    columns = table.read_columns(settings.stage_employees)
    blank = [(c.name, f"{trimmed(c)} is null") for c in columns if c.blank == "zero" and c.name not in landed.absent]
    longer = []
    for column in columns:
        if column.type in ("quantity", "degrees"):
            decimals, name = DIGITS[column.type][1], f"btrim({quote(column.name)})"
            # Few values get beyond the first condition, which is cheap.
            longer.append(
                (
                    column.name,
                    f"case when length({name}) - strpos({name}, '.') > {decimals} and strpos({name}, '.') > 0"
                    f" and {name} !~ '[^0-9.+-]' and pg_input_is_valid({name}, 'numeric')"
                    f" then min_scale(({name})::numeric) > {decimals} else false end",
                )
            )
    counted = [*blank, *longer]
    if not counted:
        return []
    found = connection.execute(
        render("publish/cast_notes.sql", landing=landing.relation(table.name), counted=counted)
    ).fetchone()
    assert found is not None
    counts = dict(zip([name for name, _ in counted], found, strict=True))
    company = landing.scope.company_code
    results = []
    if blank:
        text = _counts(counts, [name for name, _ in blank])
        message = f"{table.name} of company {company}: amounts that nobody entered are staged as 0 ({text})."
        rows = max(counts[name] for name, _ in blank)
        warned = CheckResult("amounts_present", "warning", "warned", rows_failed=rows, message=message, source="guard")
        results.append(warned if rows else CheckResult("amounts_present", "warning", "passed", source="guard"))
    if longer:
        text = _counts(counts, [name for name, _ in longer])
        message = f"{table.name} of company {company}: rounded to the decimals of the staged column: {text}."
        rows = max(counts[name] for name, _ in longer)
        results.append(
            CheckResult(
                "quantities_fit", "warning", "passed", rows_failed=rows, message=message if rows else "", source="guard"
            )
        )
    return results


def _counts(counts: Mapping[str, int], names: Iterable[str]) -> str:
    return ", ".join(f"{name} in {counts[name]} rows" for name in names if counts[name])
