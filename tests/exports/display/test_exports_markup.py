"""A7: what an approver reads is what is written: no text of Procore's or Spectrum's becomes markup or hides a part."""

from __future__ import annotations

import pytest

from spectrum_etl.exports.display.markdown import escape_markdown
from spectrum_etl.model.display import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Smith & Sons", "Smith \\& Sons"),
        # Without the backslash the first reads `<b>`, and the second `100`.
        ("&lt;b&gt;", "\\&lt;b\\&gt;"),
        ("1&#48;0", "1\\&\\#48;0"),
        ("a | b", "a \\| b"),
        ("**Accept** [here](http://x)", "\\*\\*Accept\\*\\* \\[here\\](http://x)"),
        ("two\nlines", "two lines"),
        ("Acme\u202ecnI", "Acme\\[U+202E\\]cnI"),
    ],
)
def test_c18_a_cell_of_an_approval_is_text_and_nothing_else(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@pytest.mark.parametrize("letter", ["\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), "\u2066", "\u2069"])
def test_c18_every_character_that_reorders_others_is_named(letter: str) -> None:
    assert visible(f"a{letter}b") == f"a[U+{ord(letter):04X}]b"
    assert visible("Müller, 東京, עברית") == "Müller, 東京, עברית", "letters of any script stay"
