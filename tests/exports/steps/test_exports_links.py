"""A6: a link's key is unique as Spectrum compares it, both ways, by the database; and what clashed before is marked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from spectrum_etl.errors import StopSync
from spectrum_etl.links import pairs as links
from spectrum_etl.links.pairs import Links, compared
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse import migrate as migrations
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.migrate import migrate
from stack.postgres import EmbeddedPostgres
from tests.exports.steps.exports_world import World

THIS = "015_links_as_spectrum_compares.sql"
INSERT = (
    "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by,"
    " unlinked_at) values (%s, '1', '', %s, %s, 'by hand', 'otto', %s)"
)


def id_of(record: str) -> RecordId:
    return RecordId("1", "", record)


@pytest.mark.parametrize("key", ["V1015", "v1015", " v1015 "])
def test_a_key_is_linked_once_however_it_is_spelled(world: World, key: str) -> None:
    world.query(INSERT, "vendors", "1", "V1015", None)
    with pytest.raises(psycopg.errors.UniqueViolation):
        world.query(INSERT, "vendors", "2", key, None)
    with pytest.raises(psycopg.errors.UniqueViolation):
        world.query(INSERT, "vendors", "1", "V2", None)
    world.query(INSERT, "jobs", "2", key, None)
    world.query(INSERT, "vendors", "3", key, "2026-01-01")


def test_links_are_looked_up_as_spectrum_compares(world: World) -> None:
    world.query(INSERT, "vendors", "1", "V1015", None)
    known = Links(world.url)
    assert known.spectrum_key("vendors", "1", "1") == "V1015"
    assert [known.procore_record("vendors", "1", key) for key in ("V1015", "v1015", " V1015")] == ["1"] * 3
    assert known.procore_record("vendors", "2", "V1015") is None
    assert compared(" V1015 ") == "v1015"


def test_an_export_does_not_link_a_key_that_is_linked_under_another_spelling(world: World) -> None:
    world.query(INSERT, "vendors", "1", "V1015", None)
    attempt = world.accept("r1")
    row = world.row(attempt)
    assert row is not None
    assert row.attempt_id is not None
    with connect(world.url) as connection:
        values = {"attempt_id": row.attempt_id, "content": {}, "fingerprint": "f", "by": "eva"}
        with pytest.raises(StopSync, match="Procore record 1 is linked to V1015 already"):
            links.write(connection, "vendors", id_of("2"), "v1015", **values)
        links.write(connection, "vendors", id_of("1"), "v1015", **values)
        assert links.find(connection, "vendors", "1", "1").spectrum_key == "V1015"  # type: ignore[union-attr]


@pytest.fixture
def older(postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A warehouse of before: all migrations but this one and what comes after it."""
    url = postgres.create_database("exports_older")
    folder = tmp_path / "warehouse"
    folder.mkdir()
    for path in sorted((migrations.SQL_FOLDER / "warehouse").glob("[0-9]*.sql")):
        if path.name < THIS:
            (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "SQL_FOLDER", tmp_path)
        (folder / "grants.sql").write_text("select", encoding="utf-8")  # of tables that are not there yet
        patch.setattr(migrations, "GRANTS", folder / "grants.sql")
        with psycopg.connect(url, autocommit=True) as connection:
            migrate(connection)
    yield url
    postgres.drop_database("exports_older")


def test_links_that_clash_already_are_listed_marked_and_stop_nothing(
    older: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Three companies at one vendor, two projects at one job, and links that have ended, or clash with none."""
    with psycopg.connect(older, autocommit=True) as connection:
        for name, record, key, ended in (
            ("vendors", "11", "V1015", None),
            ("vendors", "12", "v1015", None),
            ("vendors", "13", "V1015 ", None),
            ("vendors", "14", "V1015", "2026-01-01"),
            ("vendors", "15", "V2", None),
            ("jobs", "21", "24-404a", None),
            ("jobs", "22", "24-404A", None),
        ):
            connection.execute(INSERT, [name, record, key, ended])
        with caplog.at_level(logging.WARNING):
            migrate(connection)
        marked = connection.execute("select record_id, clash, note from export.links order by record_id").fetchall()
        assert [(record, clash, bool(note)) for record, clash, note in marked] == [
            ("11", 0, True), ("12", 1, True), ("13", 2, True), ("14", 0, False), ("15", 0, False),
            ("21", 0, True), ("22", 1, True),
        ]  # fmt: skip
        (note,) = [note for record, _, note in marked if record == "12"]
        assert "linked to Procore record 11 (V1015), 13 (V1015 ) as well: end all but one" in note
        assert "vendors of company 1: Procore record 12 is linked to v1015, but the same record" in caplog.text
        assert len([record for record in caplog.records if "end all but one" in record.getMessage()]) == 5
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INSERT, ["vendors", "16", "V1015", None])
        # The first is what counts, until a person has decided.
        assert Links(older).procore_record("vendors", "1", "V1015") == "11"
        with connection.transaction():
            links.end(connection, "vendors", id_of("11"), "otto")
        assert Links(older).procore_record("vendors", "1", "V1015") == "12"
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INSERT, ["vendors", "16", "V1015", None])
        with connection.transaction():
            links.end(connection, "vendors", id_of("13"), "otto")
        left = "select record_id, clash, note from export.links where object_name = 'vendors' and unlinked_at is null"
        assert connection.execute(f"{left} order by record_id").fetchall() == [("12", 0, None), ("15", 0, None)]


def test_a_warehouse_without_a_clash_is_migrated_in_silence(older: str, caplog: pytest.LogCaptureFixture) -> None:
    with psycopg.connect(older, autocommit=True) as connection:
        connection.execute(INSERT, ["vendors", "11", "V1015", None])
        with caplog.at_level(logging.WARNING):
            migrate(connection)
        assert [record.getMessage() for record in caplog.records] == []
