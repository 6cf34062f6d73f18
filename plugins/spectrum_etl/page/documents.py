"""What would be written to Spectrum, and what was, as the page shows it to accountants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spectrum_etl.exports.display import view
from spectrum_etl.exports.display.shown import sections
from spectrum_etl.exports.spec import Call
from spectrum_etl.page.reads import Row

#: What a call has come to, in words; of one that was executed, what Spectrum said is enough.
_CALL_STATES = {
    "pending": "not sent",
    "sending": "being sent",
    "unknown": "its answer was lost",
    "refused": "refused by Spectrum",
}


def written(shown: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the approver of a waiting record is shown.

    Args:
        shown: as `export.queue.shown` keeps it; None where nobody has been asked yet.

    Returns:
        `sections` and `totals`, and `unread`, what cannot be confirmed later; or `incomplete`, why there are none yet.
    """
    if shown is None:
        return None
    found = sections(shown)
    if found is None:
        return {"incomplete": shown.get("incomplete")}
    return {"sections": found, "totals": view.totals(found), "unread": shown.get("unread")}


def told(attempt: Row) -> Row:
    """An answer that was given before, with what was to be written because of it, and what Spectrum said."""
    calls = [Call(call["service"], call["key"], call["fields"], call["adds"]) for call in attempt["calls"]]
    found = view.view(calls)
    return {
        **{name: value for name, value in attempt.items() if name not in ("calls", "answers")},
        "sections": found,
        "totals": view.totals(found),
        "calls": len(calls),
        "sent": sum(1 for call in attempt["calls"] if call["state"] == "sent"),
        # Collecting it again vouches for these: that somebody has looked, and Spectrum does not hold them.
        "lost": sum(1 for call in attempt["calls"] if call["state"] in ("sending", "unknown")),
        "said": list(filter(None, map(_said, attempt["calls"]))),
    }


def _said(call: Mapping[str, Any]) -> str | None:
    """What is worth telling of one call: what went wrong, and what Spectrum noted; nothing where all is well."""
    note, state = call["note"], _CALL_STATES.get(call["state"], "")
    if not note and call["state"] in ("sent", "pending"):
        return None
    named = Call(call["service"], call["key"], call["fields"], call["adds"])
    return f"{view.name_of(named)}: {', '.join(filter(None, (state, note)))}"
