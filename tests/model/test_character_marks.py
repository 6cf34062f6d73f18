"""A2. Characters that PostgreSQL or XML cannot hold: each has a mark of its own, and nothing else has one."""

import psycopg
import pytest
from lxml import etree

from spectrum_etl.model.character_marks import (
    INVALID_BYTES,
    MARK_INVALID,
    MARKS,
    SYMBOLS,
    as_stored,
    has_mark,
    mark_for_database,
    mark_for_xml,
    mark_of_code,
    needs_a_look,
    shown,
)

ALLOWED = "tab\t, line\n, return\r, Zürich №5, \u2400, \ufffd, \U0001f3d7, \x7f, \x85"


def _xml_holds(character: str) -> bool:
    try:
        etree.Element("a").text = character
    except ValueError:
        return False
    return True


def test_what_xml_cannot_hold_and_nothing_else_is_marked():
    """The judge is the XML library."""
    for code in [
        *range(0x300),
        0x2028,
        0xD7FF,
        0xD800,
        0xDBFF,
        0xDC00,
        0xDFFF,
        0xE000,
        0xFFFD,
        0xFFFE,
        0xFFFF,
        0x1F600,
    ]:
        character = chr(code)
        assert (mark_for_xml(character) == character) == _xml_holds(character), hex(code)
        assert (mark_of_code(code) is None) == _xml_holds(character), hex(code)
        assert _xml_holds(mark_for_xml(character))
    assert mark_for_xml(ALLOWED) == ALLOWED
    assert mark_of_code(0x110000) is not None


def test_what_postgresql_cannot_hold_and_nothing_else_is_marked(database):
    """The judge is PostgreSQL."""
    with psycopg.connect(database) as connection:
        for code in [*range(0x20), 0x7F, 0xE9, 0xD800, 0xDFFF, 0xFFFE, 0x1F600]:
            character = chr(code)
            try:
                held = connection.execute("select %s::text", [character]).fetchone() == (character,)
            except (psycopg.DataError, UnicodeEncodeError):
                connection.rollback()
                held = False
            marked = mark_for_database(character)
            assert (marked == character) == held, hex(code)
            assert connection.execute("select %s::text", [marked]).fetchone() == (marked,)
    assert mark_for_database(ALLOWED) == ALLOWED


def test_two_keys_stay_two_and_can_be_looked_up_again():
    controls = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"]
    marked = [mark_for_xml(f"A{control}") for control in controls]
    assert len(set(marked)) == len(controls)
    assert [as_stored(text) for text in marked] == [f"A{control}" for control in controls]
    assert as_stored(ALLOWED) == ALLOWED
    assert all(len(text) == 2 for text in marked), "one for one, so that places in a text stay"


def test_people_see_symbols():
    assert shown(mark_for_xml("a\x00b\x1bc\ud800d")) == "a\u2400b\u241bc\ufffdd"
    assert len(MARKS) == len(SYMBOLS) == 32
    assert not any(has_mark(symbol) for symbol in SYMBOLS)


@pytest.mark.parametrize(
    ("text", "looks"), [("plain", False), (ALLOWED, False), ("a\x00", True), ("a\ud800", True), (MARKS[3], True)]
)
def test_a_look_is_taken_where_one_is_needed(text, looks):
    assert needs_a_look(text) is looks


def test_bytes_that_are_no_text_become_marks():
    assert b"a\xffb\xc3".decode("utf-8", MARK_INVALID) == f"a{INVALID_BYTES}b{INVALID_BYTES}"
    assert has_mark(INVALID_BYTES)
