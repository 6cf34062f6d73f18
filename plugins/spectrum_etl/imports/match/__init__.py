"""Which record of Procore is which of Spectrum: suggestions with a score and their reasons (N3, N5, C2)."""

from spectrum_etl.imports.match.numbers import suggest_projects
from spectrum_etl.imports.match.party import Address, Party, Suggestion, Thresholds
from spectrum_etl.imports.match.suggest import suggest

__all__ = ["Address", "Party", "Suggestion", "Thresholds", "suggest", "suggest_projects"]
