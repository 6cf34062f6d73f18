"""The lists of a Procore company that several questions of one check need: each is read once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from spectrum_etl.sources.procore import directory, portfolio
from spectrum_etl.sources.procore.client import ProcoreClient


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
