"""Every message that the code gives to a person: the words of its errors.

Words that a function hands to an error are followed to who calls it; `…` stands for what differs each time.
"""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents import ROOT

LIBRARY = ROOT / "plugins/spectrum_etl"
#: No class of the family, but their words become a message: a class of another one, and a class that is chosen.
_WORDS = {"_Unfit", "kind"}


@dataclass(frozen=True)
class Told:
    """One message.

    Args:
        words: with `…` for what is put in.
        place: file and line that say it.
        remedy: whether it says what to do; None where the function that is handed the words does.
    """

    words: str
    place: str
    remedy: bool | None


def text(node: ast.AST) -> str:
    """The words of an expression, with `…` for what is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(text(value) if isinstance(value, ast.Constant) else "…" for value in node.values)
    if isinstance(node, ast.BinOp):
        return text(node.left) + text(node.right)
    return "…"


@functools.cache
def told() -> tuple[Told, ...]:
    """Every message of the `SpectrumEtlError` family, each place once."""
    return tuple(sorted(set(_all()), key=lambda one: (one.words, one.place)))


def _all() -> Iterator[Told]:
    makers = dict.fromkeys(_kinds() | _WORDS, 0) | _makers()
    for path, tree in _trees().items():
        for scope in _functions(tree):
            local = _local_texts(scope)
            for call in _calls(scope):
                called = _name(call.func)
                position = makers.get(called)
                if position is None or len(call.args) <= position:
                    continue
                given = call.args[position]
                words = text(local.get(given.id, given) if isinstance(given, ast.Name) else given)
                remedy = any(k.arg in ("remedy", None) for k in call.keywords) if called in _kinds() else None
                yield Told(words, f"{path.relative_to(ROOT)}:{call.lineno}", remedy)


@functools.cache
def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(LIBRARY.rglob("*.py"))}


@functools.cache
def _kinds() -> frozenset[str]:
    """The names of the family."""
    classes = [node for tree in _trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found, before = {"SpectrumEtlError"}, 0
    while len(found) > before:
        before = len(found)
        found |= {node.name for node in classes if any(_name(base) in found for base in node.bases)}
    return frozenset(found)


@functools.cache
def _makers() -> dict[str, int]:
    """Functions that make an error of words they are given and add none of their own, and which argument these are."""
    makers: dict[str, int] = {}
    for scope in (scope for tree in _trees().values() for scope in _functions(tree)):
        parameters = [argument.arg for argument in scope.args.args if argument.arg != "self"]
        for call in _calls(scope):
            if _name(call.func) in _kinds() and call.args and not is_told(text(call.args[0])):
                handed = _put_in(call.args[0])
                makers.update((scope.name, parameters.index(name)) for name in handed & set(parameters))
    # What modules hand to functions of another one is called there as the parameter is.
    return makers | {name.lstrip("_"): position for name, position in makers.items()}


def _put_in(words: ast.expr) -> set[str]:
    """The names whose values an expression is, or holds as they are."""
    inner = words.values if isinstance(words, ast.JoinedStr) else [words]
    values = [part.value if isinstance(part, ast.FormattedValue) else part for part in inner]
    return {value.id for value in values if isinstance(value, ast.Name)}


def is_told(words: str) -> bool:
    """Whether there are words at all, beside what is put in."""
    return re.search(r"[A-Za-z]{2}", words) is not None


def _local_texts(scope: ast.FunctionDef) -> dict[str, ast.expr]:
    assigned = [node for node in ast.walk(scope) if isinstance(node, ast.Assign)]
    return {target.id: node.value for node in assigned for target in node.targets if isinstance(target, ast.Name)}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _calls(scope: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(scope) if isinstance(node, ast.Call))


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
