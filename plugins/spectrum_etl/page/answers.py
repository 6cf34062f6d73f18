"""How the page's API answers: exact amounts, our errors in words."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page.wording import problem


class ExactJson(JSONResponse):
    """JSON whose amounts are text, as exact as the warehouse holds them, and whose times name their zone."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, default=json_value, ensure_ascii=False, separators=(",", ":")).encode()


def explain(_request: Request, error: Exception) -> ExactJson:
    """Our own errors: what is wrong and, apart from it, what to do. They never hold a secret."""
    told = problem(error) if isinstance(error, SpectrumEtlError) else {"detail": str(error), "remedy": None}
    return ExactJson(told, status_code=503)


def json_value(value: Any) -> Any:
    """What JSON has no form for."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
