"""Cuts a T-SQL batch into statements and knows those that are no query: SET, transactions, USE, and the refused writes.

Queries are left to `translate`.
"""

import re
from dataclasses import dataclass

import sqlglot
from sqlglot.errors import SqlglotError

from sandbox.infolink.errors import TdsError, syntax, unsupported

LEVELS = {
    "READ UNCOMMITTED": 1,
    "READ COMMITTED": 2,
    "REPEATABLE READ": 3,
    "SERIALIZABLE": 4,
    "SNAPSHOT": 5,
}
# Options that change nothing for a reader here: they are accepted with the values named.
_SWITCHES = (
    "NOCOUNT|ARITHABORT|ARITHIGNORE|CONCAT_NULL_YIELDS_NULL|ANSI_NULLS|ANSI_NULL_DFLT_ON|ANSI_NULL_DFLT_OFF|ANSI_PADDING|"
    "ANSI_WARNINGS|ANSI_DEFAULTS|CURSOR_CLOSE_ON_COMMIT|QUOTED_IDENTIFIER|NUMERIC_ROUNDABORT|XACT_ABORT"
)
_MUST_BE_ON = ("CONCAT_NULL_YIELDS_NULL", "ANSI_NULLS", "ANSI_PADDING", "QUOTED_IDENTIFIER")
_SIMPLE = re.compile(
    rf"""
    SET\s+(?P<switch>(?:{_SWITCHES})(?:\s*,\s*(?:{_SWITCHES}))*)\s+(?P<state>ON|OFF)\b
    | SET\s+(?:TEXTSIZE\s+-?\d+ | LOCK_TIMEOUT\s+-?\d+ | ROWCOUNT\s+0\b | DATEFORMAT\s+mdy\b | DATEFIRST\s+7\b
        | LANGUAGE\s+'?us_english'? | DEADLOCK_PRIORITY\s+(?:LOW|NORMAL|HIGH|-?\d+))
    | SET\s+TRANSACTION\s+ISOLATION\s+LEVEL\s+(?P<level>{"|".join(name.replace(" ", r"[ ]+") for name in LEVELS)})\b
    | (?P<begin>BEGIN)\s+TRAN(?:SACTION)?\b
    | (?P<commit>COMMIT)(?:\s+(?:TRAN(?:SACTION)?|WORK))?\b
    | (?P<rollback>ROLLBACK)(?:\s+(?:TRAN(?:SACTION)?|WORK))?\b
    | USE\s+(?P<use>\[[^\]]+\]|"[^"]+"|\w+)
    | IF\s+@@TRANCOUNT\s*(?P<compare>=|>|<>|!=)\s*0\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STARTERS = {"SET", "BEGIN", "COMMIT", "ROLLBACK", "USE", "IF"}
_WRITES = {"INSERT", "UPDATE", "DELETE", "MERGE", "EXEC", "EXECUTE"}
_DEFINITIONS = {
    "CREATE",
    "ALTER",
    "DROP",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "DENY",
    "BACKUP",
    "RESTORE",
    "DBCC",
    "KILL",
    "BULK",
}
_QUERIES = {"SELECT", "WITH", "("}


@dataclass(frozen=True)
class Statement:
    """One statement: kind is query, set, level, begin, commit, rollback, use or if_trancount; `text` its argument."""

    kind: str
    text: str = ""


def split(batch: str, database: str) -> list[Statement]:
    """The statements of a batch, in order.

    Args:
        batch: T-SQL, statements separated by semicolons, line ends or nothing.
        database: the database's name, for the message of a refused write.

    Raises:
        TdsError: 229 or 262 for writes and definitions, 102 for what does not parse, 50102 for what is not emulated.
    """
    try:
        tokens = sqlglot.tokenize(batch, dialect="tsql")
    except SqlglotError as error:
        raise syntax(batch[:20]) from error
    out: list[Statement] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text == ";":
            index += 1
            continue
        start = tokens[index].start
        found = _SIMPLE.match(batch, start)
        if found:
            out.append(_simple(found))
            while index < len(tokens) and tokens[index].start < found.end():
                index += 1
            continue
        depth, end = 0, index
        while end < len(tokens):
            text = tokens[end].text
            depth += (text == "(") - (text == ")")
            bare = batch[tokens[end].start] not in "'\"["
            if depth == 0 and bare and (text == ";" or (end > index and text.upper() in _STARTERS)):
                break
            end += 1
        piece = batch[start : tokens[end - 1].end + 1] if end > index else batch[start:]
        out.append(_query(piece, tokens[index].text.upper(), [t.text for t in tokens[index + 1 : end]], database))
        index = max(end, index + 1)
    return out


def _simple(found: re.Match[str]) -> Statement:
    if found["switch"]:
        names = [name.strip().upper() for name in found["switch"].split(",")]
        off = found["state"].upper() == "OFF"
        for name in names:
            if off and name in _MUST_BE_ON:
                raise unsupported(f"SET {name} OFF")
        return Statement("nocount", found["state"].upper()) if "NOCOUNT" in names else Statement("set")
    if found["level"]:
        return Statement("level", re.sub(r"\s+", " ", found["level"].upper()))
    for kind in ("begin", "commit", "rollback"):
        if found[kind]:
            return Statement(kind)
    if found["use"]:
        return Statement("use", found["use"].strip('[]"'))
    if found["compare"]:
        return Statement("if_trancount", found["compare"])
    return Statement("set")


def _query(piece: str, first: str, following: list[str], database: str) -> Statement:
    if first in _QUERIES:
        return Statement("query", piece)
    if first in _WRITES:
        words = [
            w for w in following if w.upper() not in ("INTO", "FROM", "TOP", "(", ")", "dbo", ".") and not w.isdigit()
        ]
        action = "EXECUTE" if first.startswith("EXEC") else first
        name = words[0] if words else ""
        text = f"The {action} permission was denied on the object '{name}', database '{database}', schema 'dbo'."
        raise TdsError(229, text, severity=14, state=5)
    if first in _DEFINITIONS:
        text = f"{first} permission denied in database '{database}': the Info-Link login is read-only."
        raise TdsError(262, text, severity=14)
    if first in ("DECLARE", "PRINT", "WHILE", "SET", "IF", "BEGIN", "WAITFOR", "GO", "RAISERROR", "THROW", "SAVE"):
        raise unsupported(f"the statement {' '.join([first, *following[:3]])}")
    raise syntax(first.lower() if first.isalpha() else first)
