"""B9: what a JSON text can hold and PostgreSQL, XML or a form cannot, is found and escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from spectrum_etl.model import characters
from stack.postgres import EmbeddedPostgres

#: One of each kind, and what may not be taken for one.
REFUSED = ("\x00", "\x01", "\x08", "\x0b", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff")
HELD = ("\t", "\n", "\r", " ", "é", "\x7f", "\x85", "\ud7ff", "\ue000", "\ufffd", "\U0001f600", "\\u0000")


@pytest.fixture(scope="module")
def connection(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """A PostgreSQL to ask what it can hold."""
    url = postgres.create_database("characters")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
    postgres.drop_database("characters")


@pytest.mark.parametrize("character", REFUSED)
def test_a_refused_character_is_found_and_escaped(character: str) -> None:
    text = f"a{character}b"
    assert characters.escaped(text) == f"a\\u{ord(character):04x}b"
    assert list(characters.refused({"lines": [{"name": "line 1", "description": text}]})) == [
        ("line 1: description", f"a\\u{ord(character):04x}b")
    ]


@pytest.mark.parametrize("character", HELD)
def test_every_other_character_stays(character: str) -> None:
    assert characters.escaped(f"a{character}b") == f"a{character}b"
    assert list(characters.refused([character, {"name": character}])) == []


def test_fields_are_named_as_people_find_them() -> None:
    content = {"name": "\x00", "codes": [{"code": "1"}, {"code": "\x01"}], "project": {"name": "x" * 99 + "\x02"}}
    assert list(characters.refused(content)) == [
        ("name", "\\u0000"),
        ("codes 2: code", "\\u0001"),
        ("project: name", f"…{'x' * 30}\\u0002"),
    ]


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_what_is_escaped_can_be_held_by_everything(connection: psycopg.Connection, text: str) -> None:
    """By PostgreSQL as text and in jsonb, by XML, and by JSON."""
    kept = characters.escaped(text)
    row = connection.execute("select %s::text, %s::jsonb ->> 0", [kept, json.dumps([kept])]).fetchone()
    assert row == (kept, kept)
    element = etree.Element("value")
    element.text = kept
    assert (etree.fromstring(etree.tostring(element)).text or "") == kept
    assert json.loads(json.dumps(kept)) == kept
    assert characters.escaped_all({"a": [text]}) == {"a": [kept]}
    assert (kept == text) == (not list(characters.refused(text)))
