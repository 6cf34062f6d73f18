"""Which Procore record has which number of Spectrum: one place for both directions."""
