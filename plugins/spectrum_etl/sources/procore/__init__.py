"""Reads Procore and marks its records as linked: the client, and one function per resource that the exports need."""

from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.procore.connection import ProcoreConnection

__all__ = ["ProcoreClient", "ProcoreConnection"]
