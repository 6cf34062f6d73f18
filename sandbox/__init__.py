"""Stand-ins for Spectrum and Procore, with generated data and switchable faults, for the demo and the tests.

The sandbox shares no code with the package under test: it is written from the published descriptions alone, so that
a misreading in a client is found, not mirrored.
"""
