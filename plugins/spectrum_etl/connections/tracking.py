"""What the check of Info-Link says of indexes and tracked changes, in words. No way of reading depends on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from spectrum_etl.connections.result import Fact
from spectrum_etl.errors import FixConfiguration, StopSync
from spectrum_etl.model.spec import StagedObject
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.infolink.site import SiteTable
from spectrum_etl.sources.infolink.tracking import Index, Place, Tracked, indexes_of, place_of, tracked_tables, views

NOT_KNOWN = "not known: the login may not ask"
_VIEW = "not known: it is a view, and the tables behind it are not shown"


def facts(reader: InfoLinkReader, objects: Iterable[StagedObject]) -> tuple[Fact, ...]:
    """Indexes of the tables of transactions, and for each table that is staged whether the server tracks its changes.

    Args:
        reader: inside its `with`.
        objects: whose tables.

    Raises:
        RetryLater: Info-Link cannot be asked now.
    """
    shown: dict[str, tuple[SiteTable, bool]] = {}
    for obj in objects:
        for table in obj.tables:
            for name in table.infolink.tables.values() if table.infolink else ():
                try:
                    found = reader.table(name)
                except FixConfiguration:
                    continue  # not shown: that is a difference, and listed with those
                shown[name] = found, table.partitioned or shown.get(name, (found, False))[1]
    are_views = views(reader)
    tracked = _tracked(reader)
    told: list[Fact] = []
    for name, (found, large) in sorted(shown.items()):
        place = place_of(found)
        is_view = place in are_views
        if large:
            told.append(Fact(name, "indexes", _VIEW if is_view else _indexes(reader, found)))
        row = tracked.get(place) if tracked is not None else None
        for item, is_on in (
            ("change tracking", row and row.change_tracking),
            ("change data capture", row and row.capture),
        ):
            told.append(Fact(name, item, _VIEW if is_view else NOT_KNOWN if row is None else "on" if is_on else "off"))
    return tuple(told)


def _tracked(reader: InfoLinkReader) -> Mapping[Place, Tracked] | None:
    try:
        return tracked_tables(reader)
    except (FixConfiguration, StopSync):  # refused, or a server without these views
        return None


def _indexes(reader: InfoLinkReader, table: SiteTable) -> str:
    try:
        found = indexes_of(reader, table)
    except (FixConfiguration, StopSync):
        return NOT_KNOWN
    if found is None:
        return NOT_KNOWN
    return "; ".join(map(_in_words, found)) or "none"


def _in_words(index: Index) -> str:
    """`IX_JOB (nonclustered, unique): Company_Code, Job_Number (with Tran_Amount)`."""
    kind = index.kind.lower() + (", unique" if index.unique else "") + (", disabled" if index.disabled else "")
    included = f" (with {', '.join(index.included)})" if index.included else ""
    return f"{index.name} ({kind}): {', '.join(index.key)}{included}"
