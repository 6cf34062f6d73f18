"""What each export writes, and the rules that a record has to meet first, from the specs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spectrum_etl.exports.objects.registry import EXPORTS
from spectrum_etl.exports.spec import ExportObject
from stack.docs.markdown import code, plain, table


def mapping() -> str:
    """Every export with its fields."""
    return "\n\n".join(_fields(obj) for obj in EXPORTS.values())


def rules() -> str:
    """Every export with its rules."""
    return "\n\n".join(_rules(obj) for obj in EXPORTS.values())


def _fields(obj: ExportObject) -> str:
    where = "The link is written into Procore, too." if obj.mark else "The link is in `export.links` alone."
    again = " Offered again whenever Procore holds something new." if obj.again else ""
    frozen = f" After the export Procore must not change: {', '.join(obj.frozen)}." if obj.frozen else ""
    rows = ((line.procore, code(line.spectrum), line.note) for line in obj.mapping)
    return (
        f"### `export_{obj.name}`\n\nServices: {', '.join(map(code, obj.services))}. {where}{again}{frozen}\n\n"
        f"{table(('Procore, or where else it comes from', 'Spectrum', 'note'), rows)}"
    )


def _rules(obj: ExportObject) -> str:
    rows = [(_number(each), _words(each), "the record") for each in obj.rules]
    rows += [(_number(each), _words(each), "the approver's form") for each in obj.form_rules]
    return f"### `export_{obj.name}`\n\n{table(('rule', 'what has to hold', 'looks at'), rows)}"


def _number(rule: Callable[..., Any]) -> str:
    return str(getattr(rule, "rule", ""))


def _words(rule: Callable[..., Any]) -> str:
    """The first paragraph of a rule's docstring, without the rule's own number."""
    text = (rule.__doc__ or "").strip().split("\n\n")[0]
    return plain(text).removeprefix(f"{_number(rule)}: ")
