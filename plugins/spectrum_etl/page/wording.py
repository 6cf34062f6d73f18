"""Texts of the library as the page shows them: whole sentences, without what only a task's log or a developer needs.

Errors and checks are worded for the log of a task; nothing here changes what they say.
"""

from __future__ import annotations

import re

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page.reads import Row
from spectrum_etl.staging.checks.suite import suite_of
from spectrum_etl.staging.objects import OBJECTS

#: How remedies all over the library say what a task does next, and what a person does who looks at the page.
_OF_TASKS = (
    ("the task is retried automatically", "try again in a moment"),
    ("run the task again", "try again"),
)
#: Numbers of the rules of the specification, `(I4)`: nobody who reads the page knows them.
_RULE = re.compile(r" \([A-Z]{1,2}\d+\)")
_PLAIN_WORD = re.compile(r"[a-z][a-z']*([ ,:;]|$)")
_TABLES = {table.name: table for obj in OBJECTS.values() for table in obj.tables}
_EXPLAINED = {(name, check.name): check.explains for name, table in _TABLES.items() for check in suite_of(table)}


def sentences(*texts: str | None) -> str | None:
    """Texts as sentences, one after the other; None where there are none.

    Args:
        texts: each with or without a full stop; the blank ones are left out.
    """
    whole = [_sentence(text.strip()) for text in texts if text and text.strip()]
    return " ".join(whole) or None


def problem(error: SpectrumEtlError) -> dict[str, str | None]:
    """What is wrong, and what to do, as a notice of the page shows them: `detail`, `remedy`."""
    return {"detail": sentences(error.sentence), "remedy": remedy(error.instruction)}


def remedy(text: str | None) -> str | None:
    """What to do, as a sentence: addressed to who looks at the page, not to a task."""
    for of_task, of_person in _OF_TASKS:
        text = text.replace(of_task, of_person) if text else None
    return sentences(text)


def check_message(row: Row) -> str:
    """What a check that is not met means: without what the other columns of the list show already.

    Args:
        row: of `failed_checks`.
    """
    message = str(row["message"] or "")
    explained = _EXPLAINED.get((row["table_name"], row["check_name"]))
    if explained and row["cause"] != "check broken":
        message = explained
    prefix = re.escape(f"{row['table_name']} of company {row['company_code']}")
    message = re.sub(rf"^{prefix}(, check \w+)?[:,] ", "", message)
    return sentences(_RULE.sub("", message), row["remedy"]) or ""


def reason_of_rejection(row: Row) -> str:
    """Why a row was rejected, with the column's name in words: its code stands in a column of its own.

    Args:
        row: of `rejected_rows`.
    """
    column = row["column_name"]
    reason = re.sub(rf"^{re.escape(column)} ", f"{column.replace('_', ' ')} ", str(row["reason"]))
    return sentences(_RULE.sub("", reason)) or ""


def affected(row: Row) -> str:
    """What a column that differs from what is known affects.

    Args:
        row: of `drift`.
    """
    if row["change"] == "new":
        return "Nothing: it is not read."
    table = _TABLES.get(row["table_name"])
    name = str(row["column_name"]).upper()
    known = [
        column.name
        for column in (table.columns if table else ())
        if name in {(column.sdx or "").upper(), *(source.rpartition(".")[2].upper() for source in column.sources)}
    ]
    if not known:
        return f"spectrum.{row['table_name']}."
    fields = ", ".join(f"spectrum.{row['table_name']}.{column}" for column in known)
    effect = "has no values" if row["change"] == "missing" else "lacks the values that do not fit"
    return f"{fields} {effect}."


def _sentence(text: str) -> str:
    begun = text[0].upper() + text[1:] if _PLAIN_WORD.match(text) else text
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."
