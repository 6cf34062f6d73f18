"""Free loopback ports. Used for every server of the local stack."""

import socket


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Return whether nobody listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections that linger do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def is_answered(port: int) -> bool:
    """Return whether somebody, of whatever program, listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if not port or probe.connect_ex(("127.0.0.1", port)) != 0:
            return False
        # Where nobody listens, the kernel may have connected the probe with itself.
        return bool(probe.getsockname() != probe.getpeername())


def next_free_port(first: int) -> int:
    """Return a port, or the first free one above it; any free one when the next hundred are taken."""
    return next((port for port in range(first, first + 100) if is_free(port)), 0) or free_port()
