"""docs/errors.md and docs/exports.md quote what the code says, and leave out nothing that it says to a person."""

import ast
import functools
import re
from typing import get_args

import pytest
from documents import PAGES, ROOT
from told import is_told, text, told

from spectrum_etl.errors import Cause

PAGES_OF_MESSAGES = ("docs/errors.md", "docs/exports.md")
#: Messages that reach nobody as they are, and why.
UNSEEN = {
    "a month of the run is not a month": "the trigger form and Airflow's interval give nothing else",
    "what is written depends on the form": "no failure: the question shows it in place of a preview",
    # Behind the words of another one, `it is not known whether Spectrum executed the call: …`.
    "the answer is not complete XML (line …, column …)": "how the answer of a write was lost",
    "the answer is not one of this service: its root is <…>": "how the answer of a write was lost",
    "the answer holds a record without an error code": "how the answer of a write was lost",
    "the answer is longer than that of a write": "how the answer of a write was lost",
    "the call failed (…)": "how the answer of a write was lost",
}
#: A quotation has to hold so much of a message: `is missing` is no entry for every message with these words.
ENOUGH = 1 / 3


@pytest.mark.parametrize("page", PAGES_OF_MESSAGES)
def test_every_quoted_message_is_in_the_code(page):
    quoted = messages(PAGES[page])
    assert len(quoted) >= (5 if page == "docs/exports.md" else 80)
    for message in quoted:
        assert any(pattern(message).search(template) for template in templates()), f"{page}: nothing says `{message}`"


def test_every_message_of_the_code_is_quoted():
    quoted = [message for page in PAGES_OF_MESSAGES for message in messages(PAGES[page])]
    assert len(told()) >= 150
    missing = [
        f"{one.place}: {one.words}"
        for one in told()
        if is_told(one.words)
        and one.words not in UNSEEN
        and not any(is_entry(message, one.words) for message in quoted)
    ]
    assert not missing, "docs/errors.md does not say what to do about\n" + "\n".join(missing)


def test_the_unseen_messages_are_messages_of_the_code():
    assert set(UNSEEN) <= {one.words for one in told()}


def test_every_error_says_what_to_do():
    silent = [f"{one.place}: {one.words}" for one in told() if one.remedy is False]
    assert not silent, "no remedy:\n" + "\n".join(silent)


def test_the_words_that_a_function_is_handed_are_followed_to_who_hands_them():
    words = {one.words for one in told()}
    assert "the connection has no host" in words, "by a function that another module passes on"
    assert "Spectrum answered the fault …: …" in words, "by a name"
    assert "the number may not be negative" in words, "by an exception of another family"


def test_every_cause_is_explained_and_given():
    listed = re.findall(r"^\| cause \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGES["docs/errors.md"], re.MULTILINE)
    explained = {cause for table in listed for row in table.splitlines() for cause in row.split("|")[1].split(",")}
    assert {cause.strip() for cause in explained} == set(get_args(Cause))
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "plugins/spectrum_etl").rglob("*.py")]
    assert [cause for cause in get_args(Cause) if sum(f'"{cause}"' in text for text in code) < 2] == ["configuration"]


def pattern(message: str) -> re.Pattern[str]:
    """`…` stands for anything, also at either end, where the code may put it in elsewhere."""
    return re.compile(".*".join(re.escape(part) for part in message.strip("… ").split("…")))


def is_entry(message: str, words: str) -> bool:
    """Whether a quoted message is that of the code."""
    return pattern(message).search(words) is not None and len(_letters(message)) >= ENOUGH * len(_letters(words))


def _letters(words: str) -> str:
    return re.sub(r"[^A-Za-z]", "", words)


def messages(page: str) -> list[str]:
    """The messages in the first columns of the tables of messages."""
    found: list[str] = []
    inside = False
    for line in page.splitlines():
        if not line.startswith("|"):
            inside = False
        elif re.match(r"\| (?:message|reason|the reason says)", line):
            inside = True
        elif inside and not line.startswith(("|---", "| ---")):
            found += re.findall(r"`([^`]+)`", line.split(" | ")[0])
    return found


@functools.cache
def templates() -> frozenset[str]:
    """Every text of the code and of its SQL, with `…` for what is put in."""
    found: set[str] = set()
    for path in (ROOT / "plugins/spectrum_etl").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp):
                found.add(text(node))
    for path in (ROOT / "include/sql").rglob("*.sql"):
        # Concatenated literals: '...' || x || '...'
        lines = re.sub(r"\s*\n\s*", " ", path.read_text(encoding="utf-8"))
        found.add(re.sub(r"' \|\| '", "", re.sub(r"' \|\| (\w+) \|\| '", "…", lines)))
    return frozenset(found)
