"""The lists of a Procore company that several questions of one check need: each is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from spectrum_etl.sources.faults import NotAllowed, NotFound
from spectrum_etl.sources.procore import directory, portfolio
from spectrum_etl.sources.procore.client import ProcoreClient

_Read = TypeVar("_Read")


class Lists:
    """What was read; a list that could not be read is asked for again.

    Args:
        client: of the Procore company.
    """

    def __init__(self, client: ProcoreClient) -> None:
        self.client = client

    @cached_property
    def companies(self) -> list[dict[str, Any]]:
        """All companies of the directory, inactive ones too."""
        return list(directory.companies(self.client))

    @cached_property
    def projects(self) -> list[dict[str, Any]]:
        """All projects that the service account sees."""
        return list(portfolio.all_projects(self.client))


def read_each(
    projects: Iterable[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], _Read]
) -> Iterator[tuple[Mapping[str, Any], _Read]]:
    """What is read of projects, one by one; those that do not show it are left out.

    A project may be listed and still not be shown to the account, and a tool may be off in one and on in the next.

    Raises:
        NotAllowed, NotFound: none of them shows it.
        Others as `read`.
    """
    refused: NotAllowed | NotFound | None = None
    shown = False
    for project in projects:
        try:
            found = read(project)
        except (NotAllowed, NotFound) as fault:
            refused = fault
            continue
        shown = True
        yield project, found
    if refused is not None and not shown:
        raise refused
