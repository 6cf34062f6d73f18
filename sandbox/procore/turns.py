"""Which Procore project is being written into: two writing calls at a time are one too many.

Certain for direct costs alone ("does not support concurrent requests", 409); for others it is a switch.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sandbox.procore.answers import ApiError


class Turns:
    """The projects that calls are writing into right now; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    @contextmanager
    def of(self, projects: Iterable[int]) -> Iterator[None]:
        """Hold the turn of some projects.

        Raises:
            ApiError: 409 when another call holds one of them.
        """
        wanted = set(projects)
        with self._lock:
            if wanted & self._taken:
                raise ApiError(409, "This project does not support concurrent requests, try again later")
            self._taken |= wanted
        try:
            yield
        finally:
            with self._lock:
                self._taken -= wanted


def projects_of(path: Mapping[str, Any], place: str, query: Mapping[str, str], body: Any) -> set[int]:
    """Return the projects that a writing call writes into, by all the ways that calls name them.

    Args:
        path: what the route's placeholders stand for.
        place: the path itself.
        query: query parameters.
        body: the JSON that was sent.
    """
    sent = body if isinstance(body, dict) else {}
    named = [path.get("project_id"), query.get("project_id"), sent.get("project_id")]
    if "/rest/v1.0/projects/" in place:
        named.append(path.get("id"))
        updates = sent.get("updates")
        named += [each.get("id") for each in updates if isinstance(each, dict)] if isinstance(updates, list) else []
    return {int(each) for each in named if each is not None and str(each).isdecimal()}
