"""Where a record stands on its way from Procore to Spectrum, and the only ways from one state to another.

Used by `queue`, which refuses every other move. What each means to people: `include/sql/warehouse/005_export.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

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
    # Back to ready: nobody waits any more, or the answer could not be taken and somebody is asked anew.
    "waiting": frozenset({"ready", "not_ready", "rejected", "retrieved", "sending"}),
    "rejected": frozenset({"ready", "not_ready"}),
    "retrieved": frozenset({"ready", "not_ready"}),
    # Back to ready or not_ready only before the first call: Spectrum has seen nothing of it.
    "sending": frozenset({"ready", "not_ready", "unknown", "sent", "failed"}),
    "unknown": frozenset({"sending", "sent", "failed"}),
    "sent": frozenset({"confirmed", "failed"}),
    "confirmed": frozenset({"linked", "failed"}),
    # An object that may be exported again (forecasts, new cost codes) starts over.
    "linked": frozenset({"ready", "not_ready"}),
    # To sending: a person has mended what stood in the way, and what is missing is sent.
    "failed": frozenset({"ready", "not_ready", "sending"}),
}
