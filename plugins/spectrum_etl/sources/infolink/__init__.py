"""Info-Link, the read-only SQL Server view of Spectrum: plan, read, fingerprint.

Nothing is imported here: DAG files load the names of its tables, and must not load a database driver with them.
"""
