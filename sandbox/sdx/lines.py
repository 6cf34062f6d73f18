"""The server's open connections by the caller's address, so that one can be cut without an answer."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


class Lines:
    """Knows every open connection; used in the server's event loop only."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return the HTTP protocol of a server whose connections are noted here."""
        opened = self._open

        class Noted(H11Protocol):
            """HTTP/1.1 that notes when a connection comes and goes."""

            caller: tuple[str, int] | None = None

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                """Note the connection."""
                peer = transport.get_extra_info("peername")
                self.caller = (str(peer[0]), int(peer[1])) if peer else None
                if self.caller:
                    opened[self.caller] = transport
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                """Forget the connection."""
                if self.caller:
                    opened.pop(self.caller, None)
                super().connection_lost(error)

        return Noted

    def cut(self, caller: tuple[str, int]) -> None:
        """Close a caller's connection at once; one that is closed already stays so."""
        transport = self._open.get((caller[0], caller[1]))
        if transport is not None:
            transport.abort()
