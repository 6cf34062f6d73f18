"""What people decide in a random sequence, remembered apart from the warehouse, which may be restored from a dump.

Nothing may be written into Procore on the strength of a decision that somebody took back, nor, by a setting, of what
somebody left out (N2).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any, Literal

from tests.imports.vendors.imports_world import World


class DecisionsKept:
    """The part of a sequence that people play, and what they remember of it."""

    world: World
    random: Random
    counted: Counter[str]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        #: When somebody last said no, by key, and whether to an undo.
        self._no: dict[tuple[str, bool], datetime] = {}
        #: Keys that are left out.
        self._left: set[str] = set()
        #: Records that somebody has edited in Procore.
        self.edited: set[int] = set()
        self.restored, self._waits = False, False

    def say_yes(self, *keys: str) -> bool:
        """Accept these rows; whether any was."""
        taken = [key for key, said in zip(keys, self.world.decide(*keys), strict=True) if said is None]
        if taken:
            self.decided(*taken)
        return bool(taken)

    def say_no(self, key: str, verb: Literal["take back", "leave out"]) -> bool:
        """Take a row back, or leave it out; whether that was taken."""
        row = self.world.rows()[key]
        if self.world.decide(key, verb=verb) != [None]:
            return False
        self.decided()
        self._no[key, row.kind == "undo"] = self.world.query("select clock_timestamp()")[0][0]
        if verb == "leave out":
            self._left.add(key)
        return True

    def say_included(self, key: str) -> bool:
        """Include a row again; whether that was taken."""
        if self.world.decide(key, verb="include") != [None]:
            return False
        self.decided(key)
        return True

    def was_restored(self) -> None:
        """The warehouse has forgotten what came after its dump."""
        self.restored = self._waits = True

    def decided(self, *keys: str) -> None:
        """Somebody has looked at the plan: after a restore, what is left out by then is all that is."""
        self._left -= set(keys)
        if self._waits:
            self._waits = False
            self._left &= {key for (key,) in self.world.query("select spectrum_key from procore.left_out")}

    def check_decisions(self) -> None:
        """No call was begun by a decision that was taken back before."""
        calls = self.world.query("select spectrum_key, kind, decided_at, decided_by, intent_at from procore.calls")
        for key, kind, decided_at, decided_by, intent_at in calls:
            said_no = self._no.get((key, kind == "undo"))
            if said_no is None or intent_at < said_no:
                continue
            assert decided_at > said_no, f"{kind} of {key} was taken back at {said_no}, and sent at {intent_at}"
            is_setting = decided_by.startswith("imports.")
            assert not (key in self._left and is_setting), f"{key} is left out, and {decided_by} has sent it"
