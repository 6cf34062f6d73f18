"""What Spectrum holds now, read live by Info-Link or, where there is none, by the web services."""

from spectrum_etl.exports.spectrum.spectrum import Spectrum

__all__ = ["Spectrum"]
