"""What a dry run shows: every call that would be made, with the proposals of the form. Nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from spectrum_etl.exports.display.shown import show, table
from spectrum_etl.exports.display.table import as_text
from spectrum_etl.exports.records.queue import QueueRow
from spectrum_etl.exports.spec import ExportObject
from spectrum_etl.exports.systems import Systems


def preview(systems: Systems, obj: ExportObject, chosen: Sequence[QueueRow]) -> str:
    """A table of record, call, element, what Spectrum holds now, and what it would be.

    Args:
        chosen: the records that a run would ask about.

    Raises:
        SpectrumEtlError: Procore or Spectrum cannot be read.
    """
    rows: list[tuple[str, ...]] = []
    for row in chosen:
        candidate = obj.read(systems.procore, systems.company, row.id)
        if candidate is None:
            continue
        shown = show(systems, obj, candidate, obj.form(candidate, systems.context))
        if "document" in shown:
            rows += [(row.title, *line) for line in table(shown)]
        else:
            rows.append((row.title, "depends on the form", shown["incomplete"], "", ""))
    return as_text(("record", "call", "element", "now", "would be"), rows) if rows else "nothing"
