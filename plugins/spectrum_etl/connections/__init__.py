"""Whether Spectrum, Procore and the warehouse can be used, and where Spectrum is not as expected (A3, M4)."""
