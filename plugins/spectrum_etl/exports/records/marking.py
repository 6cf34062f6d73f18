"""Where the mark of a record is written in Procore: nobody else may write there meanwhile, imports included."""

from __future__ import annotations

from contextlib import AbstractContextManager

from spectrum_etl.exports.linkable import Linkable
from spectrum_etl.exports.systems import Systems
from spectrum_etl.links.writing import COMPANIES, project, writing_apart
from spectrum_etl.model.record import RecordId


def marking(systems: Systems, obj: Linkable, id: RecordId) -> AbstractContextManager[None]:
    """Mark a record, or take its mark out, as the only one who writes there.

    Raises:
        RetryLater: somebody else writes there for too long.
    """
    place = COMPANIES if obj.belongs_to == "company" else project(id.project or id.record)
    return writing_apart(systems.url, systems.procore.company_id, place)
