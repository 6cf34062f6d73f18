"""Reads Procore's JSON without ever making a float: amounts come out as the text that was sent."""

from __future__ import annotations

from typing import Any

from spectrum_etl.sources.http import parse_json

#: Whole numbers that identify or order; every other number is, or may be, an amount. Budget views name columns freely.
_COUNTS = frozenset({"id", "position", "number", "revision", "adjustment_number", "expires_in", "created_at"})
_COUNT_ENDINGS = ("_id", "_ids", "_count")


def parse(body: bytes) -> Any:
    """The value of a JSON text.

    Numbers with a fraction or an exponent become the text as sent, and so do whole numbers, except for ids, positions
    and counts, which stay whole numbers.

    Raises:
        ValueError: it is no JSON, is nested too deep, or holds NaN or an infinity.
    """
    return parse_json(body, parse_float=str, parse_constant=_refuse, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: str(value) if _is_amount(name, value) else value for name, value in pairs}


def _is_amount(name: str, value: Any) -> bool:
    # `type`, since true and false are integers to isinstance.
    return type(value) is int and name not in _COUNTS and not name.endswith(_COUNT_ENDINGS)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")
