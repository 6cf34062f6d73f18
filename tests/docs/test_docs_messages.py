"""Every message that docs/errors.md and docs/exports.md quote is one that the code gives."""

import ast
import functools
import re

import pytest
from documents import PAGES, ROOT


@pytest.mark.parametrize("page", ["docs/errors.md", "docs/exports.md"])
def test_every_quoted_message_is_in_the_code(page):
    quoted = messages(PAGES[page])
    assert len(quoted) >= (5 if page == "docs/exports.md" else 80)
    for message in quoted:
        # `…` stands for anything, also at either end, where the code may put it in elsewhere.
        pattern = re.compile(".*".join(re.escape(part) for part in message.strip("… ").split("…")))
        assert any(pattern.search(template) for template in templates()), f"{page}: nothing says `{message}`"


def messages(page: str) -> list[str]:
    """The messages in the first columns of the tables of messages."""
    found: list[str] = []
    inside = False
    for line in page.splitlines():
        if not line.startswith("|"):
            inside = False
        elif re.match(r"\| (?:message|reason|the reason says)", line):
            inside = True
        elif inside and not line.startswith(("|---", "| ---")):
            found += re.findall(r"`([^`]+)`", line.split(" | ")[0])
    return found


@functools.cache
def templates() -> frozenset[str]:
    """Every text of the code and of its SQL, with `…` for what is put in."""
    found: set[str] = set()
    for path in (ROOT / "plugins/spectrum_etl").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp):
                found.add(_text(node))
    for path in (ROOT / "include/sql").rglob("*.sql"):
        # Concatenated literals: '...' || x || '...'
        text = re.sub(r"\s*\n\s*", " ", path.read_text(encoding="utf-8"))
        found.add(re.sub(r"' \|\| '", "", re.sub(r"' \|\| (\w+) \|\| '", "…", text)))
    return frozenset(found)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(value) if isinstance(value, ast.Constant) else "…" for value in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "…"
