"""What a warehouse of before 024 says in words is read once, by the migration, and its rows stay readable."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from spectrum_etl.exports.records import queue
from spectrum_etl.model.record import RecordId
from spectrum_etl.warehouse import migrate as migrating
from spectrum_etl.warehouse.connect import connect

_QUEUED = (
    "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint, reason,"
    " run_id) values ('vendors', '1', '', %s, %s, %s, 'f', %s, 'r')"
)
_REASONS = {
    "Bell": ("ready", "the approval that asked has ended without an answer"),
    "Gray": ("ready", "nobody is asked about it: the task that was to ask has failed"),
    "Hill": ("failed", "Spectrum refused it. What to do: correct it."),
    "Long": ("linked", None),
}
_ANSWERS = {
    "WriteAnswer(notes=(), bad=())": None,
    "executed": None,
    "executed; Vendor_Code: a note": "Vendor_Code: a note",
    "the answer was lost; found by looking it up": "the answer was lost; found by looking it up",
}


@pytest.fixture
def old_warehouse(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A warehouse with rows from before the reasons had columns."""
    old = tmp_path / "sql"
    shutil.copytree(migrating.SQL_FOLDER / "warehouse", old / "warehouse")
    for path in (old / "warehouse").glob("[0-9]*.sql"):
        if path.name >= "024":
            path.unlink()
    with monkeypatch.context() as patched, connect(database) as connection:
        patched.setattr(migrating, "SQL_FOLDER", old)
        # Those of today name tables that came later.
        (old / "grants.sql").write_text("select")
        patched.setattr(migrating, "GRANTS", old / "grants.sql")
        connection.autocommit = True
        migrating.migrate(connection)
    with psycopg.connect(database) as connection:
        for name, (state, reason) in _REASONS.items():
            connection.execute(_QUEUED, [name, name, state, reason])
        connection.execute(
            "insert into export.ledger (object_name, company_code, project_id, record_id, title, decision, answers,"
            " answered_by, answered_by_name, answered_at, fingerprint, content, state, dag_id, run_id, task_id,"
            " map_index, finished_at) values ('vendors', '1', '', 'Long', 'Long', 'accept', '{}', 'a', 'A', now(), 'f',"
            " '{}', 'linked', 'd', 'r', 't', 0, now())"
        )
        for number, answer in enumerate(_ANSWERS, 1):
            connection.execute(
                "insert into export.calls (attempt_id, call_number, service, key, fields, adds, state, answer)"
                " select attempt_id, %s, 'AddVendor', '{}', '{}', true, 'sent', %s from export.ledger",
                [number, answer],
            )
    with connect(database) as connection:
        connection.autocommit = True
        migrating.migrate(connection)
    return database


def test_reasons_that_were_known_by_their_words_have_a_cause(old_warehouse: str) -> None:
    with connect(old_warehouse) as connection:
        rows = {name: queue.find(connection, "vendors", RecordId("1", "", name)) for name in _REASONS}
    found = {name: row and (row.reason, row.why and row.why.cause, row.is_at_fault) for name, row in rows.items()}
    assert found == {
        "Bell": (_REASONS["Bell"][1], "approval ended", False),
        "Gray": (_REASONS["Gray"][1], "nobody was asked", False),
        "Hill": (_REASONS["Hill"][1], None, True),
        "Long": (None, None, False),
    }


def test_answers_of_calls_keep_what_was_worth_telling(old_warehouse: str) -> None:
    with psycopg.connect(old_warehouse) as connection:
        notes = dict(connection.execute("select answer, note from export.calls").fetchall())
    assert notes == _ANSWERS
