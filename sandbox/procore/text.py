"""Small texts of the stand-in Procore: times as it writes them, lists of names."""

from datetime import UTC, datetime


def names(*texts: str) -> tuple[str, ...]:
    """Return the words of some texts."""
    return tuple(word for text in texts for word in text.split())


def timestamp(moment: datetime | None) -> str | None:
    """Return a moment as Procore writes it: UTC, whole seconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
