"""What each export writes, and the rules that a record has to meet first, from the specs."""

from __future__ import annotations

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
    only = f", of {obj.marked}" if obj.marked else ""
    where = f"The link is also written into Procore{only}." if obj.mark else "The link is only in `export.links`."
    again = " Offered again whenever Procore holds something new." if obj.again else ""
    frozen = f" After the export Procore must not change: {', '.join(obj.frozen)}." if obj.frozen else ""
    rows = ((line.procore, code(line.spectrum), line.note) for line in obj.mapping)
    return (
        f"### `export_{obj.name}`\n\nServices: {', '.join(map(code, obj.services))}. {where}{again}{frozen}\n\n"
        f"{table(('Procore, or where else it comes from', 'Spectrum', 'note'), rows)}"
    )


def _rules(obj: ExportObject) -> str:
    rows = [(rule.number, plain(rule.words), "the record") for rule in obj.rules]
    rows += [(rule.number, plain(rule.words), "the approver's form") for rule in obj.form_rules]
    return f"### `export_{obj.name}`\n\n{table(('rule', 'what has to hold', 'looks at'), rows)}"
