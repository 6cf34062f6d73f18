"""Reads Procore and marks its records as linked: the client, and one function per resource that the exports need."""
