"""Puts the page together: routes, static files, and what guards all of them. Mounted by `spectrum_etl_plugin`."""

from __future__ import annotations

import functools
from pathlib import Path
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response, status
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page import (
    access,
    agreements,
    answers,
    batch,
    decide,
    exports,
    into_procore,
    job_cost,
    marts,
    overview,
    respond,
    sync_problems,
    synced,
    undo,
    wip,
)

_STATIC = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
#: On everything that is answered, data and refusals too. Scripts and styles come from here only, and only Airflow
#: itself may show the page in a frame; a browser keeps nothing of the data.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
#: On the page itself and its scripts, which hold no data.
_KEPT = {"Cache-Control": "private, no-cache"}


@functools.cache
def application() -> FastAPI:
    """The page; made once."""
    app = FastAPI(title="ERP Integrations", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(SpectrumEtlError, answers.explain)
    app.add_exception_handler(HTTPException, _sign_in_or_refuse)
    app.add_middleware(_Headers)
    # Known by name, so that no path of a request ever reaches the file system.
    files = {file.relative_to(_STATIC).as_posix(): file for file in _STATIC.rglob("*") if file.suffix in _TYPES}
    for module in (
        overview, sync_problems, into_procore, decide, undo, exports, respond, batch, synced, job_cost, agreements, wip,
        marts,
    ):  # fmt: skip
        app.include_router(module.router, dependencies=access.LOOK)

    @app.get("/", dependencies=access.OPEN)
    def index() -> HTMLResponse:
        """The page itself, which asks for everything else."""
        return HTMLResponse((_STATIC / "index.html").read_bytes(), headers=_KEPT)

    @app.get("/static/{path:path}", dependencies=access.LOOK)
    def static(path: str) -> FileResponse:
        """A script or a style sheet.

        Raises:
            HTTPException: 404, also for whatever lies elsewhere.
        """
        if path not in files:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such file.")
        return FileResponse(files[path], media_type=_TYPES[files[path].suffix], headers=_KEPT)

    return app


async def _sign_in_or_refuse(request: Request, error: Exception) -> Response:
    """A person who opens the page without a session signs in first and comes back; everything else is refused."""
    assert isinstance(error, HTTPException)
    root = request.scope.get("root_path", "")
    opened = request.url.path.removeprefix(root) in ("", "/") and "text/html" in request.headers.get("accept", "")
    if error.status_code != status.HTTP_401_UNAUTHORIZED or not opened:
        return await http_exception_handler(request, error)
    airflow = request.scope["airflow_app"].root_path
    return RedirectResponse(f"{airflow}/api/v2/auth/login?{urlencode({'next': f'{root}/'})}")


class _Headers:
    """Puts `_HEADERS` on every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
