"""Stages Viewpoint Spectrum into a PostgreSQL warehouse, and exports approved Procore records to Spectrum."""
