"""Where a record stands on its way from Procore to Spectrum, and the only ways from one state to another.

What each means to people: `include/sql/warehouse/005_export.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

State = Literal[
    "queued",
    "not_ready",
    "ready",
    "waiting",
    "rejected",
    "retrieved",
    "sending",
    "unknown",
    "sent",
    "confirmed",
    "linked",
    "failed",
]


@dataclass(frozen=True)
class Outcome:
    """What became of a record in a step.

    Args:
        state: the state it is in now; None where it is in the queue no more.
        reason: why, in words; may be empty.
        ask_again: whether somebody has to be asked again.
    """

    state: State | None
    reason: str = ""
    ask_again: bool = False


#: All of them.
STATES: tuple[State, ...] = get_args(State)
#: Nobody has been asked yet: a run may write these again, and takes them out when Procore no longer has the record.
COLLECTABLE: frozenset[State] = frozenset({"queued", "not_ready", "ready"})
#: Accepted and not yet done: only `send` goes on with these, and nobody may ask again meanwhile.
IN_FLIGHT: frozenset[State] = frozenset({"sending", "unknown", "sent", "confirmed"})
#: Ended by a person or for a person: collected again only when the trigger form names the record.
ENDED: frozenset[State] = frozenset({"rejected", "retrieved", "failed"})

TRANSITIONS: Mapping[State, frozenset[State]] = {
    "queued": frozenset({"not_ready", "ready", "waiting"}),
    "not_ready": frozenset({"queued", "ready"}),
    "ready": frozenset({"queued", "not_ready", "waiting"}),
    # Back to ready: nobody waits any more, or the answer could not be taken and somebody is asked again.
    "waiting": frozenset({"ready", "not_ready", "rejected", "retrieved", "sending"}),
    "rejected": frozenset({"ready", "not_ready"}),
    "retrieved": frozenset({"ready", "not_ready"}),
    # Back to ready or not_ready only before the first call: Spectrum has seen nothing of it. To retrieved, from here
    # to failed: a person has looked and takes it out, since nothing else leads on.
    "sending": frozenset({"ready", "not_ready", "unknown", "sent", "failed", "retrieved"}),
    "unknown": frozenset({"sending", "sent", "failed", "retrieved"}),
    "sent": frozenset({"confirmed", "failed", "retrieved"}),
    "confirmed": frozenset({"linked", "failed", "retrieved"}),
    # An object that may be exported again (forecasts, new cost codes) starts over.
    "linked": frozenset({"ready", "not_ready"}),
    # To sending: a person has mended what stood in the way, and what is missing is sent.
    "failed": frozenset({"ready", "not_ready", "sending", "retrieved"}),
}

#: What may lead on: of itself, or when a person does it. docs/exports.md says how; a test walks each of them.
Action = Literal["next run", "answer", "collect again", "take out", "link by hand", "unlink"]
#: What leads on from each state. There is none without: a record of which nobody can say what becomes of it blocks its
#: project, and its number, for ever.
WAYS_ON: Mapping[State, tuple[Action, ...]] = {
    "queued": ("next run", "link by hand"),
    "not_ready": ("next run", "link by hand"),
    "ready": ("next run", "link by hand"),
    # The next run: once the task that asked has ended without an answer.
    "waiting": ("answer", "next run"),
    "rejected": ("collect again", "link by hand"),
    "retrieved": ("collect again", "link by hand"),
    "sending": ("next run", "take out"),
    "unknown": ("next run", "take out"),
    "sent": ("next run", "take out"),
    "confirmed": ("next run", "take out"),
    "linked": ("unlink",),
    "failed": ("collect again", "take out", "link by hand"),
}
