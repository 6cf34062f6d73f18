"""What would be written to Spectrum, and what was, as the page shows it to accountants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from spectrum_etl.exports.display import view
from spectrum_etl.exports.display.shown import sections
from spectrum_etl.exports.document import Call
from spectrum_etl.page.reads import Row

#: What a call has come to, in words; of one that was executed, what Spectrum said is enough.
_CALL_STATES = {
    "pending": "not sent",
    "sending": "being sent",
    "unknown": "its answer was lost",
    "refused": "refused by Spectrum",
}


def waiting_document(shown: Mapping[str, Any] | None) -> dict[str, Any] | None:
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


def earlier_answer(attempt: Row, mail: Row | None = None) -> Row:
    """An answer that was given before, with what was to be written because of it, and what Spectrum said.

    Args:
        attempt: of `attempts`.
        mail: of `rejection_mails`, where the record's creator was, or was to be, told of it.
    """
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
        "said": [*filter(None, map(_said, attempt["calls"])), *([_mailed(mail)] if mail else [])],
    }


def _mailed(mail: Row) -> str:
    who = mail["creator"] or "Its creator"
    if mail["sent_at"]:
        return f"{who} was notified by e-mail, as its creator in Procore."
    return f"{who} was not notified by e-mail: {mail['problem'] or 'it is not known whether the e-mail was sent'}."


def difference(row: Row) -> Row:
    """What Procore holds otherwise than it was exported, with both values in words."""
    return {**row, "exported": _in_words(row["exported"]), "held": _in_words(row["held"])}


def _in_words(value: Any) -> str:
    """A value of a record's content: a fact, or its lines with their amounts; nothing where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(_in_words, value))
    if isinstance(value, Mapping):
        named = value.get("code") or value.get("name") or ""
        return " ".join(filter(None, (str(named), str(value.get("amount") or "")))) or json.dumps(value)
    return "" if value is None else str(value)


def _said(call: Mapping[str, Any]) -> str | None:
    """What is worth telling of one call: what went wrong, and what Spectrum noted; nothing where all is well."""
    note, state = call["note"], _CALL_STATES.get(call["state"], "")
    if not note and call["state"] in ("sent", "pending"):
        return None
    named = Call(call["service"], call["key"], call["fields"], call["adds"])
    return f"{view.name_of(named)}: {', '.join(filter(None, (state, note)))}"
