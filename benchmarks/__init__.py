"""Measures this package beside a bare read of the source and dlt: `make bench`, `python -m benchmarks --help`."""
