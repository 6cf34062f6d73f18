"""Says what is wrong in the settings file, without what may be a secret.

These words become Airflow's import error, which everybody reads; and what does not belong into the file is often what a
person took for a setting: a password, or the address of a webhook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)


def explain_yaml(error: yaml.YAMLError) -> str:
    """Where the text is no YAML and why, without the line that the parser would quote.

    Args:
        error: of the parser.
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return str(error)
    problem = error.problem or ""
    if isinstance(error, ComposerError | ConstructorError):
        # They quote the name behind `*`, `&` or `!`: a password that begins so, without quotes.
        problem = problem.partition(" '")[0]
    parts = ((error.context, error.context_mark), (problem, error.problem_mark))
    return "; ".join(f"{text}, line {mark.line + 1}" for text, mark in parts if text and mark)


def explain_value(entry: Any, model: type[BaseModel]) -> str:
    """One value that is not allowed: where, why, and what it holds.

    Args:
        entry: of pydantic's `ValidationError.errors()`.
        model: of the whole file.
    """
    loc = [part for part in entry["loc"] if part != "[key]"]
    where = ".".join(map(str, loc)) or "settings"
    said = _said(entry, loc, model)
    if not said:
        value = entry.get("input")
        # Of a name that is not known nothing is known of its value; a list or object has all that is in it.
        shown = loc and entry["type"] != "extra_forbidden" and not isinstance(value, dict | list | tuple)
        said = entry["msg"] + (f" (it holds {value!r})" if shown else "")
    return _ADDRESS.sub("(an address, not shown)", f"{where}: {said}")


def _said(entry: Any, loc: Sequence[object], model: type[BaseModel]) -> str:
    """What is wrong, where pydantic's words do not say what to write instead; else blank."""
    kind, value = entry["type"], entry.get("input")
    if kind == "extra_forbidden" and entry["msg"].startswith("Extra inputs") and (known := _names(model, loc[:-1])):
        return f"unknown name; allowed: {', '.join(known)}"
    if value is None and kind in ("string_type", "dict_type", "model_type", "tuple_type"):
        return "nothing stands behind it; write its value, or take the line away"
    if kind == "string_type" and not isinstance(value, dict | list | tuple):
        # 01, No and 2026-01-31 are no texts to YAML.
        return f"a text is expected, and YAML takes this for {value!r}; write it in quotes"
    if kind == "tuple_type":
        held = "" if isinstance(value, dict) else f"; it holds {value!r}"
        return f"a list is expected, such as [one, another]{held}"
    return "names with values are expected below it" if kind in ("dict_type", "model_type") else ""


def _names(kind: Any, loc: Sequence[object]) -> list[str]:
    """The names that a section of the settings may hold; none where that cannot be told."""
    if get_origin(kind) in (Annotated, Union, UnionType):
        return next((found for each in get_args(kind) if (found := _names(each, loc))), [])
    if get_origin(kind) in (dict, Mapping, tuple, list):
        place = 1 if get_origin(kind) in (dict, Mapping) else 0
        return _names(get_args(kind)[place], loc[1:]) if loc else []
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    if not loc:
        return list(kind.model_fields)
    field = kind.model_fields.get(str(loc[0]))
    return _names(field.annotation, loc[1:]) if field else []
