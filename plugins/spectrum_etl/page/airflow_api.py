"""Calls Airflow's own REST API from within its API server, as the user who asks.

So every right, check and audit entry is Airflow's own, and nothing depends on its inner functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from fastapi import HTTPException, Request

#: Seconds; the call never leaves the process.
_TIMEOUT = 60


async def call(
    request: Request, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
) -> Any:
    """Ask Airflow something as the user of a request.

    Args:
        request: what the page was asked; its token is passed on.
        method: of HTTP.
        path: below `/api/v2/`, with its parts quoted by `part`.
        body: sent as JSON.
        query: of the address.

    Returns:
        The answer's JSON.

    Raises:
        HTTPException: with Airflow's own status and reason, where it refuses.
    """
    app = request.scope["airflow_app"]
    token = request.cookies.get(COOKIE_NAME_JWT_TOKEN)
    header = request.headers.get("authorization") or (f"Bearer {token}" if token else None)
    base = f"{request.url.scheme}://{request.url.netloc}{app.root_path}/api/v2/"
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base, timeout=_TIMEOUT) as client:
        answer = await client.request(
            method, path, json=body, params=dict(query or {}), headers={"Authorization": header} if header else {}
        )
    if answer.is_error:
        raise HTTPException(answer.status_code, _reason(answer))
    return answer.json() if answer.content else None


def part(value: object) -> str:
    """One part of a path, quoted: run ids hold colons and plus signs."""
    return quote(str(value), safe="")


def _reason(answer: httpx.Response) -> str:
    try:
        detail = answer.json().get("detail")
    except (ValueError, AttributeError):
        detail = None
    if isinstance(detail, list):  # a body that does not fit, one entry a field
        detail = "; ".join(str(entry.get("msg", entry)) for entry in detail)
    return f"Airflow refuses: {detail or answer.reason_phrase}"
