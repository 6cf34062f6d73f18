"""What imports write into Procore, field by field, from the objects themselves."""

from __future__ import annotations

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.spec import Field, ImportObject
from stack.docs.markdown import code, table


def mapping() -> str:
    """A table an object."""
    return "\n\n".join(_fields(obj) for obj in IMPORTS.values() if not obj.only_links)


def _fields(obj: ImportObject) -> str:
    key = obj.key_column.replace("_", " ")
    rows = [
        (key, code("origin_id"), f"`spectrum:COMPANY:CODE`, in capitals: what tells our {obj.procore_title}"),
        (key, code("origin_code"), "shown as ERP id"),
        *(_row(field) for field in obj.fields),
    ]
    head = f"### `{obj.dag_id}`\n\nFrom `spectrum.{obj.table.name}`."
    return f"{head}\n\n{table((f'of a {obj.title}', f'of a {obj.procore_title}', 'how'), rows)}"


def _row(field: Field) -> tuple[str, str, str]:
    follows = f"kept up to date if the setting `update` includes {field.follows}" if field.follows else ""
    source = ", ".join(code(name.strip()) for name in field.source.split(","))
    return source, code(field.name), "; ".join(filter(None, (field.note, follows)))
