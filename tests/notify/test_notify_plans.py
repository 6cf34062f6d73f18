"""What people are told of imports into Procore: in the digest, and when a run was red."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import psycopg

from spectrum_etl.notify.digest import digest_message, read_state
from spectrum_etl.notify.facts import facts_of
from spectrum_etl.notify.message import Message
from spectrum_etl.notify.runs import message_of
from spectrum_etl.notify.send_once import hash_of
from spectrum_etl.warehouse.connect import connect
from tests.sync_books import Books

_AIRFLOW = "http://airflow"


def _plan(
    books: Books, *rows: dict[str, Any], state: str = "open", company: str = "1", object: str = "vendors"
) -> None:
    """A plan with these rows; with `run`, that run has written them; with `differs`, Procore holds something else."""
    with psycopg.connect(books.url) as connection:
        plan = connection.execute(
            "insert into procore.plans (object_name, company_code, state, narrowed, dag_id, run_id, looked_at, basis)"
            " values (%s, %s, %s, false, 'd', 'r', now(), '') returning plan_id",
            [object, company, state],
        ).fetchone()
        assert plan is not None
        for row in rows:
            values = {
                "plan_id": plan[0], "object_name": object, "company_code": company, "spectrum_key": row["key"],
                "title": row.get("title", row["key"]), "kind": row.get("kind", "create"), "state": row["state"],
                "record_id": row.get("record", ""), "reason": row.get("reason"), "remedy": row.get("remedy"),
                "row_hash": "h", "field": row.get("field"),
            }  # fmt: skip
            made = connection.execute(
                f"insert into procore.plan_rows ({', '.join(values)}, changed_at)"  # noqa: S608
                f" values ({', '.join(['%s'] * len(values))}, clock_timestamp() - %s) returning row_id".encode(),
                [*values.values(), timedelta(hours=row.get("hours", 0))],
            ).fetchone()
            assert made is not None
            if "run" in row:
                connection.execute(
                    "insert into procore.calls (row_id, object_name, company_code, spectrum_key, kind, record_id,"
                    " held_before, sent, state, dag_id, run_id, differs) values (%s, %s, %s, %s, 'create', '', '{}',"
                    " '{}', 'applied', %s, %s, %s)",
                    [made[0], object, company, row["key"], row.get("dag", f"import_{object}"), row["run"],
                     json.dumps(row["differs"]) if "differs" in row else None],
                )  # fmt: skip


def _digest(books: Books, company: str = "1") -> Message | None:
    return digest_message(read_state(books.url, [company]), [], airflow_url=_AIRFLOW)


def test_the_digest_tells_what_of_plans_waits_and_for_what(books: Books) -> None:
    _plan(
        books,
        {"key": "A", "title": "Acme", "state": "ready", "hours": 48},
        {"key": "B", "state": "suggested", "kind": "link"},
        {"key": "C", "state": "suggested", "kind": "update", "reason": "somebody has changed this in Procore"},
        {"key": "D", "state": "ready", "kind": "undo", "record": "1"}, {"key": "E", "state": "accepted"},
        {"key": "F", "state": "waiting for permission"},
        {"key": "G", "state": "not ready", "kind": "refused", "reason": "the vendor has no name"},
        {"key": "H", "state": "failed", "reason": "name is taken"}, {"key": "I", "state": "unknown", "hours": 2},
        {"key": "J", "state": "not ready", "kind": "gone", "reason": "Spectrum no longer has it"},
        {"key": "K", "state": "not ready", "kind": "waits", "record": "9"},
    )  # fmt: skip
    with connect(books.url) as connection:
        connection.execute(
            "insert into export.links (object_name, company_code, project_id, record_id, spectrum_key, how, linked_by)"
            " values ('vendors', '1', '', '9', 'K', 'import', 'b')"
        )
    message = _digest(books)
    assert message is not None
    assert message.title == "Daily digest: 11 rows of plans into Procore wait"
    assert message.page == "http://airflow/plugin/erp-integrations/erp-integrations/#/into-procore/decide"
    told = {line.partition(": ")[2] for line in message.lines if line.startswith("- import of vendors, company 1")}
    said = [line.partition(" (since")[0] for line in sorted(told)]
    assert said == [
        "1 are accepted and not in Procore yet: the next run of the import applies them",
        "1 are linked and not shown to the service account: add it to them in Procore",
        "1 are linked to something that no longer exists",
        "1 are refused before they are sent, by what Spectrum holds",
        "1 wait until the service account is added to them in Procore",
        "1 were changed in Spectrum and in Procore: somebody has to decide which counts",
        "1 were refused by Procore; the next plan offers them again",
        "1 were sent and have no outcome; the next run of the import looks them up",
        "1 would be undone: accept that, or keep what the run has done",
        "2 wait for a decision",
    ]
    assert any("G: the vendor has no name http://airflow/" in line and "into-procore/blocked" in line for line in told)
    assert any("A Acme; B http://airflow/" in line for line in told), "the longest first"


def test_the_digest_is_silent_about_what_waits_for_nobody(books: Books) -> None:
    _plan(
        books, {"key": "A", "state": "applied"}, {"key": "B", "state": "put back"}, {"key": "C", "state": "left out"},
        {"key": "D", "state": "applying"}, {"key": "E", "state": "not ready", "kind": "waits"},
    )  # fmt: skip
    _plan(books, {"key": "F", "state": "ready"}, state="dry run", object="jobs")
    _plan(books, {"key": "G", "state": "failed"}, state="replaced", object="jobs")
    assert _digest(books) is None
    _plan(books, {"key": "H", "state": "ready"}, company="2")
    assert _digest(books) is None, "of another company"
    assert _digest(books, "2") is not None


def _red(books: Books, dag_id: str = "import_vendors", run_id: str = "r") -> Message:
    with connect(books.url) as connection:
        facts = facts_of(connection, dag_id, run_id)
    message = message_of(dag_id, run_id, facts, failed=True, reason="task_failure, report", airflow_url=_AIRFLOW)
    assert message is not None
    return message


def test_a_red_import_tells_each_row_with_its_remedy(books: Books) -> None:
    refused = {"reason": "Procore refused it: name is taken", "remedy": "rename one of the two"}
    _plan(
        books, {"key": "A", "title": "Acme", "state": "failed", "run": "r", **refused},
        {"key": "B", "state": "applied", "run": "r"},
        {"key": "C", "state": "applied", "run": "r", "differs": {"zip": ["1", "2"], "city": ["a", "b"]}},
        {"key": "D", "state": "unknown", "run": "r", "reason": "no answer", "remedy": "the next run looks it up"},
        {"key": "E", "state": "failed", "run": "before"},
    )  # fmt: skip
    message = _red(books)
    assert message.title == "import_vendors of company 1: the run failed"
    assert message.lines == (
        "rows of the plan of company 1: 2 applied, 1 failed, 1 unknown",
        "A Acme of company 1: failed; Procore refused it: name is taken. What to do: rename one of the two.",
        "C C of company 1: Procore holds something else than was sent: city, zip. Look at the record in Procore: a rule"
        " or a person has changed it there",
        "D D of company 1: unknown; no answer. What to do: the next run looks it up.",
    )
    assert "trigger the import again" in message.remedy
    assert message.page.endswith("#/into-procore/results?object=vendors&run=r")


def test_a_red_import_without_such_a_row_tells_airflow_s_reason(books: Books) -> None:
    _plan(books, {"key": "B", "state": "applied", "run": "u", "dag": "undo_import"})
    message = _red(books, "undo_import", "u")
    assert message.lines == ("rows of the plan of company 1: 1 applied", "Airflow says: task_failure, report")
    assert "the failed task's log" in message.remedy
    assert message.page.endswith("#/into-procore/results?run=u")


def test_each_row_that_is_refused_is_news_whatever_failed_before(books: Books) -> None:
    _plan(books, {"key": "A", "state": "failed", "run": "r"}, {"key": "B", "state": "failed", "run": "s"})
    with connect(books.url) as connection:
        first, other = (hash_of(facts_of(connection, "import_vendors", run), "") for run in ("r", "s"))
    assert first != other
