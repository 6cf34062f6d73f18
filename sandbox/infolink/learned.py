"""What sessions find out for those after them: the catalogue, and how statements are translated.

Each session is a process, forked from the listener's. What one has read or translated it sends to the listener, whose
next sessions are born knowing it, as SQL Server's sessions share its plans. Each still looks whether the catalogue is
the one it knows. What does not fit into the listener's mailbox is not passed on, and found out again.
"""

import contextlib
import pickle
import socket
from collections.abc import Callable

import psycopg

from sandbox.infolink.catalog import Catalog, Catalogs, Version
from sandbox.infolink.translated import Translated, Translation

_MAILBOX_BYTES = 4 * 1024 * 1024
_LARGEST_LETTER = 1024 * 1024


class Learned:
    """The listener's knowledge, and in a session's process the copy that it was born with and adds to."""

    def __init__(self) -> None:
        self._catalogs = Catalogs()
        self._translated = Translated()
        # Datagrams: letters of several sessions never mix.
        self._mailbox, self._slot = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._slot.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MAILBOX_BYTES)

    def fileno(self) -> int:
        """What is readable when a letter has come."""
        return self._mailbox.fileno()

    def read_letters(self) -> None:
        """In the listener: take in what sessions have sent."""
        with contextlib.suppress(BlockingIOError):
            while letter := self._mailbox.recv(_LARGEST_LETTER, socket.MSG_DONTWAIT):
                version, content = pickle.loads(letter)  # from our own processes
                if isinstance(content, Catalog):
                    self._catalogs.learn(version, content)
                elif version == self._catalogs.version:
                    self._translated.learn(self._catalogs.known, *content)

    def catalog(self, connection: psycopg.Connection) -> Catalog:
        """In a session: the catalogue as it is now."""
        before = self._catalogs.version
        found = self._catalogs.current(connection)
        if self._catalogs.version != before:
            self._send(self._catalogs.version, found)
        return found

    def translation(
        self, text: str, catalog: Catalog, transactions: int, make: Callable[[], Translation]
    ) -> Translation:
        """In a session: a translation that is known, else one that is made; see `Translated.get`."""
        fresh: list[Translation] = []

        def made() -> Translation:
            fresh.append(make())
            return fresh[0]

        found = self._translated.get(text, catalog, transactions, made)
        if fresh:
            self._send(self._catalogs.version, (text, transactions, found))
        return found

    def _send(self, version: Version, content: Catalog | tuple[str, int, Translation]) -> None:
        letter = pickle.dumps((version, content))
        if len(letter) < _LARGEST_LETTER:
            with contextlib.suppress(OSError):  # the mailbox is full, or small on this system
                self._slot.send(letter, socket.MSG_DONTWAIT)
