"""The client of Spectrum's Data Exchange web services (SOAP and REST)."""

from spectrum_etl.sources.sdx.check import ConnectionCheck
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.sources.sdx.connection import SdxConnection

__all__ = ["ConnectionCheck", "SdxClient", "SdxConnection"]
