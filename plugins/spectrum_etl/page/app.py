"""Puts the page together: routes, static files, and what guards all of them. Mounted by `spectrum_etl_plugin`."""

from __future__ import annotations

import functools
from pathlib import Path
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response, status
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.page import access, answers, exports, imports, job_cost, marts, overview, respond

_STATIC = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
#: Scripts and styles come from here alone, and only Airflow itself may show the page in a frame.
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


@functools.cache
def application() -> FastAPI:
    """The page; made once."""
    app = FastAPI(title="ERP Integrations", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(SpectrumEtlError, answers.explain)
    app.add_exception_handler(HTTPException, _sign_in_or_refuse)
    for module in (overview, imports, exports, respond, job_cost, marts):
        app.include_router(module.router, dependencies=access.LOOK)

    @app.get("/", dependencies=access.OPEN)
    def index() -> HTMLResponse:
        """The page itself, which asks for everything else."""
        return HTMLResponse((_STATIC / "index.html").read_bytes(), headers=_HEADERS)

    @app.get("/static/{path:path}", dependencies=access.LOOK)
    def static(path: str) -> FileResponse:
        """A script or a style sheet.

        Raises:
            HTTPException: 404, also for whatever lies elsewhere.
        """
        file = (_STATIC / path).resolve()
        if not file.is_relative_to(_STATIC) or not file.is_file() or file.suffix not in _TYPES:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "There is no such file.")
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=_HEADERS)

    return app


async def _sign_in_or_refuse(request: Request, error: Exception) -> Response:
    """A person who opens the page without a session signs in first and comes back; everything else is refused."""
    assert isinstance(error, HTTPException)
    root = request.scope.get("root_path", "")
    opened = request.url.path.removeprefix(root) in ("", "/") and "text/html" in request.headers.get("accept", "")
    if error.status_code != status.HTTP_401_UNAUTHORIZED or not opened:
        return await http_exception_handler(request, error)
    airflow = request.scope["airflow_app"].root_path
    return RedirectResponse(f"{airflow}/api/v2/auth/login?{urlencode({'next': f'{root}/'})}", headers=_HEADERS)
