"""Info-Link: the read-only SQL Server view of Spectrum, stood in for by a TDS server in front of a PostgreSQL."""
