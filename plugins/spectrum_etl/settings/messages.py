"""Says what is wrong in the settings file, without what may be a secret.

These words become Airflow's import error, which everybody reads; and what does not belong into the file is often what a
person took for a setting: a password, or the address of a webhook.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
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


def explain_value(entry: Any) -> str:
    """One value that is not allowed: where, why, and what it holds.

    Args:
        entry: of pydantic's `ValidationError.errors()`.
    """
    where = ".".join(str(part) for part in entry["loc"]) or "settings"
    value = entry.get("input")
    # Of a name that is not known nothing is known of its value; a list or object has all that is in it.
    shown = entry["loc"] and entry["type"] != "extra_forbidden" and not isinstance(value, dict | list | tuple)
    said = f"{where}: {entry['msg']}" + (f" (it holds {value!r})" if shown else "")
    return _ADDRESS.sub("(an address, not shown)", said)
