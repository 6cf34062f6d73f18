"""Why a record of the export queue is in its state: how `queue` keeps it, and the reasons that others know again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spectrum_etl.errors import Reason

#: Why a record is ready whose approval has ended without an answer.
UNANSWERED = Reason("the approval that asked has ended without an answer", cause="approval ended")
#: Why a record is ready that its run was to ask about.
NOT_ASKED = Reason("nobody is asked about it: the task that was to ask has failed", cause="nobody was asked")

#: The columns of `export.queue`, by the parts of a reason that they keep.
_COLUMNS = {"message": "reason", "remedy": "remedy", "cause": "cause", "connection": "connection", "subject": "subject"}
#: Sets all of them; `parameters` gives the values.
SET = ", ".join(f"{column} = %({column})s" for column in _COLUMNS.values())
#: Keeps them for records that were in one of the states `kept`, and clears them for others.
KEEP_WHERE_COLLECTABLE = ", ".join(
    f"{column} = case when q.state = any(%(kept)s) then q.{column} end" for column in _COLUMNS.values()
)


def parameters(reason: Reason | str | None) -> dict[str, str | None]:
    """The columns of a reason, as the parameters of a statement; words alone are a reason without a remedy."""
    kept = Reason(reason) if isinstance(reason, str) else reason
    return {column: getattr(kept, part, None) for part, column in _COLUMNS.items()}


def of_row(columns: Sequence[Any]) -> tuple[Reason | None, Sequence[Any]]:
    """The reason that the first columns of a row hold, and the columns after them."""
    mine, rest = columns[: len(_COLUMNS)], columns[len(_COLUMNS) :]
    return (Reason(*mine) if mine[0] is not None else None), rest
