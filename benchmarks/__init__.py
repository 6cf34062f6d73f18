"""Measures this package beside merely reading the source and beside dlt: `make bench`, `python -m benchmarks --help`."""
