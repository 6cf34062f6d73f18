"""Programs that run in the peer's own environment; nothing here is imported by ours."""
