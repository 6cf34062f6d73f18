"""M9: the search for data that nobody may read finds what is planted, wherever it is and however it is written."""

from base64 import b64encode
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from sandbox.data.generate import load
from sandbox.data.never_read import VALUES, columns
from tests.never_read import Found, in_database, in_files, in_texts


def test_every_value_fits_its_columns_and_is_told_from_the_others() -> None:
    assert {name for names in columns().values() for name in names} == set(VALUES)
    for column, value in VALUES.items():
        text = value.hex() if isinstance(value, bytes) else str(value)
        assert in_texts({"here": f"before {text} after"}) == [Found(column, "here")]


def test_a_planted_value_is_found_in_any_table_and_type(sandbox_database: str) -> None:
    """One row a column of Spectrum in a table of a schema of its own, in every type that can hold the value."""
    expected = []
    with psycopg.connect(sandbox_database) as connection:
        connection.execute("CREATE SCHEMA landing")
        for number, (column, value) in enumerate(VALUES.items()):
            shown = value.hex() if isinstance(value, bytes) else str(value)
            typed = {"a": shown, "b": Jsonb({"deep": [shown]}), "c": [f"see {shown};"]}
            typed |= {"d": value} if not isinstance(value, str) else {}
            kind = "bytea" if isinstance(value, bytes) else "numeric(14,4)"
            table = f"landing.raw_{number:02d}"
            connection.execute(f"CREATE TABLE {table} (a text, b jsonb, c text[], d {kind})".encode())
            connection.execute(f"INSERT INTO {table} (a) VALUES ('harmless'), (NULL)".encode())  # noqa: S608
            names = ", ".join(typed)
            places = ", ".join(["%s"] * len(typed))
            insert = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
            connection.execute(insert.encode(), list(typed.values()))
            expected += [Found(column, f"{table}.{name}") for name in typed]
    assert in_database(sandbox_database) == expected
    with psycopg.connect(sandbox_database) as connection:
        for number in range(len(VALUES)):
            connection.execute(f"DELETE FROM landing.raw_{number:02d} WHERE b IS NOT NULL".encode())  # noqa: S608
    assert in_database(sandbox_database) == []


def test_the_source_itself_is_full_of_them(sandbox_database: str) -> None:
    """What is looked for is really there to be taken: each column of the tables that are read has its value."""
    load(sandbox_database, jobs=12, transactions=200)
    found = {(found.where, found.column) for found in in_database(sandbox_database)}
    assert found == {(f"dbo.{table}.{name}", name) for table, names in columns().items() for name in names}


def test_planted_values_are_found_in_files_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "dag_id=stage_vendors"
    folder.mkdir(parents=True)
    (folder / "attempt=1.log").write_text('{"event": "row", "social": "900770011"}\n', encoding="utf-8")
    (folder / "attempt=2.log").write_bytes(b"\xff\xfe binary " + VALUES["Encrypted_Social_Sec_Number"])  # type: ignore[operator]
    (tmp_path / "clean.txt").write_text("nothing", encoding="utf-8")
    found = in_files(tmp_path / "logs", tmp_path / "clean.txt")
    assert [(each.column, Path(each.where).name) for each in found] == [
        ("Social_Sec_Number", "attempt=1.log"),
        ("Encrypted_Social_Sec_Number", "attempt=2.log"),
    ]
    encoded = b64encode(VALUES["Encrypted_Checking_Account_Code"]).decode()  # type: ignore[arg-type]
    answers = {
        "GET /a": '{"total": "77,123.43"}',
        "GET /b": b"<td>nr-bank-77015</td>",
        "GET /c": f'"{encoded}"',
        "GET /d": "177123.43 77123.435 77123.4 1900770011 NR-BANK-770155",
    }
    assert in_texts(answers) == [
        Found("PR_Pay_Amount3", "GET /a"),
        Found("Bank_Account_Code", "GET /b"),
        Found("Encrypted_Checking_Account_Code", "GET /c"),
    ], "a part of another number or word is none"
    with pytest.raises(FileNotFoundError):
        in_files(tmp_path / "nowhere")
