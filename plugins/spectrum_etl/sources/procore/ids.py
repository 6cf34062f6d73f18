"""Ids of Procore in paths, queries and bodies."""

from __future__ import annotations

from spectrum_etl.sources.procore.client import ProcoreClient

Id = str | int


def path_id(value: Id) -> str:
    """An id as text that is safe in a path.

    Raises:
        ValueError: it is not made of digits.
    """
    text = str(value).strip()
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{value!r} is not a Procore id: digits only")
    return text


def body_id(value: Id) -> int:
    """An id as version 1 wants it in a body; it may exceed 32 bits.

    Raises:
        ValueError: as `path_id`.
    """
    return int(path_id(value))


def company_scope(client: ProcoreClient) -> dict[str, int]:
    """The company, as the calls that name it besides the header want it."""
    return {"company_id": body_id(client.company_id)}
