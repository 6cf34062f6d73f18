"""No decision looks at words: what an error, a check or a record says is for people, and its facts are data.

Things are told apart by a class, an attribute, a code or a column. Words may decide only where another system
gives nothing else: those places are named here, with what they read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "plugins" / "spectrum_etl"
#: Modules that may read words, and whose words those are.
ALLOWED = {
    "sources.sdx.faults": "Spectrum's: one code stands for several faults, and no list of its codes is published",
    "sources.infolink.faults": "the driver's: its number may be left over from an earlier failure, its text is not",
    "warehouse.faults": "libpq's, before the login: PostgreSQL gives no code for a connection that was refused",
    "staging.checks.run": "SQLAlchemy's: Great Expectations hands an exception on as a text alone",
}
#: Names of what holds words for people.
WORDS = frozenset(
    {"message", "sentence", "instruction", "remedy", "reason", "detail", "description", "label", "note", "answer"}
    | {"said", "words", "told", "why", "error", "problem", "refusal"}
)
#: Names that hold words only where they are searched for some.
TEXTS = WORDS | {"text"}
_ASKS = frozenset({"startswith", "endswith", "find", "rfind", "index", "count"})
_PATTERNS = frozenset({"search", "match", "fullmatch", "findall", "finditer"})
_KEEPS_WORDS = frozenset({"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "partition", "split", "get"})


def decisions(source: str) -> Iterator[str]:
    """Every place of a module that looks into words: its line and what stands there."""
    for node in ast.walk(ast.parse(source)):
        if _decides(node):
            yield f"{node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]


def _decides(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(
            _is_looked_into(left, operator, right)
            for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
        )
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr in _ASKS:
        return _holds(node.func.value, WORDS) or (_holds(node.func.value, TEXTS) and _names(node.args))
    if node.func.attr in _PATTERNS:
        return any(_holds(argument, WORDS) for argument in node.args)
    return False


def _is_looked_into(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(operator, ast.In | ast.NotIn):
        return (
            _holds(right, WORDS)
            or (_holds(right, TEXTS) and _names([left]))
            or (
                _holds(left, WORDS - {"error"})
                and isinstance(right, ast.Set | ast.Tuple | ast.List | ast.Name | ast.Attribute)
            )
        )
    if isinstance(operator, ast.Eq | ast.NotEq):
        return any(_holds(one, WORDS) and _is_fixed(other) for one, other in ((left, right), (right, left)))
    return False


def _holds(node: ast.expr, names: frozenset[str]) -> bool:
    """Whether an expression is words, by its name, or is made of them."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Attribute):
        return node.attr in names
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in names
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        made = node.func.id.lstrip("_") in names
        return made or (node.func.id in {"str", "repr"} and any(_holds(argument, names) for argument in node.args))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in _KEEPS_WORDS and _holds(node.func.value, names)
    return isinstance(node, ast.BoolOp) and any(_holds(value, names) for value in node.values)


def _names(nodes: list[ast.expr]) -> bool:
    """Whether words are searched, not signs."""
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[A-Za-z]{3}", node.value)
        for node in nodes
    )


def _is_fixed(node: ast.expr) -> bool:
    """Whether it is a text, or the name of one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(node.value)
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.isupper()


def _module(path: Path) -> str:
    return ".".join(path.relative_to(LIBRARY).with_suffix("").parts)


FOUND = {_module(path): found for path in LIBRARY.rglob("*.py") if (found := list(decisions(path.read_text())))}


def test_no_module_decides_on_words() -> None:
    assert {module: found for module, found in FOUND.items() if module not in ALLOWED} == {}


@pytest.mark.parametrize("module", ALLOWED)
def test_who_may_read_words_does(module: str) -> None:
    assert module in FOUND, "it reads none: take it off the list"


@pytest.mark.parametrize(
    "line",
    [
        'cause = "missing" if "is missing" in error.message else "type"',
        'if "refused" in str(error): pass',
        'required = description.endswith("Needed to accept.")',
        'if row["reason"] == LET_GO: pass',
        "if row.reason in NOT_ITS_FAULT: pass",
        'if answer.startswith("WriteAnswer("): pass',
        'if re.search("no .* host", error.message): pass',
        "if PATTERN.search(str(error).casefold()): pass",
        'if "certificate" in text: pass',
        "if any(sign in verdict.error for sign in LOST): pass",
    ],
)
def test_such_a_decision_is_found(line: str) -> None:
    assert len(list(decisions(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "if isinstance(error, NoAnswer): pass",
        'if error.cause == "no answer": pass',
        'if "\\\\" in text: pass',
        "message = message.replace(title, '')",
        "if row['reason'] is None: pass",
        "if not reason: pass",
    ],
)
def test_data_may_decide(line: str) -> None:
    assert list(decisions(line)) == []
