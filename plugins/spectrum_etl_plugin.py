"""The Airflow plugin: the page "ERP Integrations" in the navigation. The only file here that Airflow's loader reads.

Every Airflow process executes it, also those that serve nothing, so it imports nothing: the page is made when somebody
first asks for it, in the API server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

#: Where the page is mounted, below Airflow's own address.
PREFIX = "/erp-integrations"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Page:
    """The page as an ASGI application, imported with the first request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; Airflow's own application, which mounts this one, comes along for calls of its API."""
        from spectrum_etl.page.app import application

        await application()({**scope, "airflow_app": scope.get("app")}, receive, send)


class SpectrumEtlPlugin(AirflowPlugin):
    """What Airflow registers."""

    name = "spectrum_etl"
    fastapi_apps = [{"app": Page(), "url_prefix": PREFIX, "name": "ERP Integrations"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {
            "name": "ERP Integrations",
            "href": f"{PREFIX.strip('/')}/",
            "destination": "nav",
            "url_route": "erp-integrations",
            "nav_top_level": True,
        }
    ]
