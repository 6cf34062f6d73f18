"""What became of the records of a run. Used by the export DAGs' last task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from spectrum_etl.exports import queue
from spectrum_etl.exports.spec import RecordId
from spectrum_etl.exports.tasks import as_text
from spectrum_etl.warehouse.connect import connect


def report(url: str, object_name: str, records: Sequence[Mapping[str, str]]) -> tuple[dict[str, int], str]:
    """Count and list.

    Args:
        url: the warehouse.
        records: as `collect` returned them.

    Returns:
        How many records are in each state now, and a table of record, state and reason.
    """
    ids = {RecordId(item["company"], item["project"], item["record"]): item["title"] for item in records}
    with connect(url) as connection:
        rows = queue.rows_of(connection, object_name, list(ids))
    lines = [
        (title, rows[id].state, rows[id].reason or rows[id].broken_text or "")
        for id, title in ids.items()
        if id in rows
    ]
    counts = Counter(str(state) for _, state, _ in lines)
    return dict(counts), as_text(("record", "state", "reason"), lines) if lines else "no record"
