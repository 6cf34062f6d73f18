"""Where everything of a stage is, and one task's systems made from that: also in a process that will be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.systems import Systems, warehouse_clock
from spectrum_etl.settings import Company, Settings
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.sources.sdx.write import SpectrumWriter
from spectrum_etl.staging.configured import load_settings

AUTHORIZATION, PASSWORD, SECRET = "SDX-GEHEIM-0815", "Tds-Geheim-77", "Procore-Geheim-4711"
COMPANY = "1"
#: Seconds that a client waits for the answer to a write: less than one second of a fault.
ANSWER_SECONDS = 0.6


@dataclass(frozen=True)
class Lines:
    """Open connections to Spectrum and Procore, for one thread."""

    sources: Sources
    procore: ProcoreClient


@dataclass(frozen=True)
class Places:
    """Where everything is.

    Args:
        warehouse: its URL.
        sdx, procore: URLs of the servers.
        infolink: port of Info-Link.
        settings: the settings file.
    """

    warehouse: str
    sdx: str
    procore: str
    infolink: int
    settings: str

    @contextmanager
    def lines(self, answer_seconds: float = ANSWER_SECONDS) -> Iterator[Lines]:
        """Open connections to the stand-ins; nothing waits before it tries again.

        Args:
            answer_seconds: how long the web services may take to answer.
        """
        company = self.company
        infolink = InfoLinkConnection("127.0.0.1", "Spectrum", "infolink", PASSWORD, self.infolink, encryption="off")
        sdx = SdxConnection(self.sdx, COMPANY, AUTHORIZATION, timeout_seconds=(5.0, answer_seconds))
        procore = ProcoreConnection(self.procore, "endtoend", SECRET, login_url=self.procore)
        with ExitStack() as stack:
            sources: Any = stack.enter_context(Sources(company, infolink=infolink))
            sources._sdx = stack.enter_context(SdxClient(sdx, sleep=_at_once))
            client = ProcoreClient(procore, str(company.procore_company_id), sleep=_at_once)
            yield Lines(sources, stack.enter_context(client))

    def systems(self, lines: Lines, clock: Callable[[psycopg.Connection], datetime] = warehouse_clock) -> Systems:
        """One task's systems over connections that are open."""
        spectrum = Spectrum(self.company, lines.sources)
        writer = SpectrumWriter(lines.sources.sdx)
        return Systems(self.warehouse, self.read_settings(), self.company, lines.procore, spectrum, writer, clock)

    def read_settings(self) -> Settings:
        """The settings as they are now."""
        return load_settings(Path(self.settings))

    @property
    def company(self) -> Company:
        """Whose records."""
        return self.read_settings().company(COMPANY)


def _at_once(_: float) -> None:
    pass
