"""Approved exports from Procore to Spectrum: the exportable objects, their rules, the ledger, sending, confirming."""
