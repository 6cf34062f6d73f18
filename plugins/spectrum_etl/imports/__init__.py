"""Plans of what Procore should hold of Spectrum: what is matched, shown, accepted, applied, compared, taken back."""
