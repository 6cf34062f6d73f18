"""A8: plain fields stay as they are, rich text loses known tags only, and what the approver sees is what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from spectrum_etl.exports.objects.facts import WbsCodes, line_facts
from spectrum_etl.exports.objects.texts import RICH, plain_of, text_of

#: Every field of words that an export reads, and whether people format it.
FIELDS = {
    ("change_order", "title"): False,
    ("change_order", "number"): False,
    ("change_order", "description"): True,
    ("budget_change", "title"): False,
    ("contract", "title"): False,
    ("contract", "number"): False,
    ("line_item", "description"): True,
    ("cost_code", "name"): False,
    ("project", "name"): False,
    ("vendor", "name"): False,
}


@pytest.mark.parametrize(("field", "is_rich"), FIELDS.items())
def test_a8_plain_fields_stay_and_rich_ones_lose_their_tags(field: tuple[str, str], is_rich: bool) -> None:
    shown = text_of(field[0], {field[1]: " <p>Replace <existing> door &amp; frame</p> "}, field[1])
    rich, plain = "Replace <existing> door & frame", "<p>Replace <existing> door &amp; frame</p>"
    assert shown == (rich if is_rich else plain)
    assert {name for name, formatted in FIELDS.items() if formatted} == RICH


@pytest.mark.parametrize(
    ("rich", "read"),
    [
        ("<p>Html &amp; more</p>", "Html & more"),
        ("<p>Walls<br/>and  doors</p>", "Walls and doors"),
        ("<ul><li>Walls</li><li>doors</li></ul>", "Walls doors"),
        ("Walls &amp; doors", "Walls & doors"),
        ("Caf&eacute;&nbsp;A&#8211;B &#x27;x&#x27;", "Café A–B 'x'"),
        ("5 < 6 walls,\n2 doors", "5 < 6 walls, 2 doors"),
        ("Replace <existing> door", "Replace <existing> door"),
        ("<strong>Replace</strong> <existing> door", "Replace <existing> door"),
        ("door <A> and <b and c>", "door <A> and <b and c>"),
        ("<b>bold</b> and </b>", "bold and </b>"),
        ('<a href="https://x.example/?a=1&gt;2" title="a > b">link</a>', "link"),
        ("<SPAN style='color: red'>Red</SPAN>", "Red"),
        ("&lt;b&gt;text&lt;/b&gt;", "<b>text</b>"),
        ("&amp;amp;", "&amp;"),
        ("AT&T, R&D &copy and &unknown;", "AT&T, R&D &copy and &unknown;"),
        ("<!-- from Word --><style>p { margin: 0 }</style>Walls<o:p></o:p>", "Walls"),
        ("", ""),
    ],
)
def test_a8_of_rich_text_known_tags_go_and_entities_are_decoded(rich: str, read: str) -> None:
    """What only looks like a tag, or like an entity, is somebody's text."""
    assert plain_of(rich) == read


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_field_without_words_is_empty(value: Any) -> None:
    assert text_of("line_item", {"description": value}, "description") == ""


def test_a8_lines_are_described_without_markup() -> None:
    """`<p>Html &amp; more</p>` used to be sent as it is."""
    line = {"id": 1, "description": "<p>Html &amp; more</p>", "amount": "1.00"}
    assert line_facts(line, WbsCodes(()), 1, "1.00")["description"] == "Html & more"
