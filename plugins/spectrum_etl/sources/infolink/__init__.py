"""Info-Link, the read-only SQL Server view of Spectrum: plan, read, fingerprint."""

from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.infolink.plan import PlannedColumn, ReadPlan
from spectrum_etl.sources.infolink.reader import Fingerprint, InfoLinkReader

__all__ = ["Fingerprint", "InfoLinkConnection", "InfoLinkReader", "PlannedColumn", "ReadPlan"]
