"""The web application behind the stand-in Procore: sign-in, rate limit, faults, and then the handlers' routes."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.calls import CallLog
from sandbox.procore import (
    handle_budgets,
    handle_changes,
    handle_codes,
    handle_company,
    handle_contracts,
    handle_direct,
    handle_modifications,
    handle_projects,
    handle_segments,
    handle_standard,
    handle_vendors,
    handle_wbs,
    permissions,
)
from sandbox.procore.access import RateLimiter, ServiceAccount, Tokens, limit_headers
from sandbox.procore.answers import ApiError, SilentResponse, render, render_error
from sandbox.procore.calls import Call, Handler
from sandbox.procore.oauth import Oauth
from sandbox.procore.stores import Stores
from sandbox.procore.switches import Switches, Trouble
from sandbox.procore.turns import Turns, projects_of

_MODULES = (
    handle_company,
    handle_vendors,
    handle_projects,
    handle_standard,
    handle_codes,
    handle_wbs,
    handle_segments,
    handle_budgets,
    handle_modifications,
    handle_contracts,
    handle_changes,
    handle_direct,
)


@dataclass
class ProcoreApp:
    """Answers the requests; blocking work runs in starlette's threads.

    Args:
        stores: the sandbox database.
        tokens: accounts and their tokens.
        switches: the faults.
        calls: where calls are noted.
        limiter: counts calls.
        turns: the projects that calls are writing into.
    """

    stores: Stores
    tokens: Tokens
    switches: Switches
    calls: CallLog
    limiter: RateLimiter = field(default_factory=RateLimiter)
    turns: Turns = field(default_factory=Turns)

    def application(self) -> Starlette:
        """Return the ASGI application."""
        oauth = Oauth(self.tokens, self.calls)
        table: dict[str, dict[str, Handler]] = {}
        for module in _MODULES:
            for method, path, handler in module.ROUTES:
                table.setdefault(path, {})[method] = handler
        # Starlette takes the first route that fits: `/vendors/sync` before `/vendors/{id}` is as the lists have it.
        routes = [Route(path, self._endpoint(path, handlers), methods=_ALL) for path, handlers in table.items()]
        routes += oauth.routes()
        routes += [
            Route("/_sandbox/calls", self._report, methods=["GET"]),
            Route("/_sandbox/calls", self._reset, methods=["DELETE"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _unknown_path})

    def _endpoint(self, path: str, handlers: Mapping[str, Handler]) -> Any:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            with self.calls.running(f"{request.method} {request.url.path}") as entry:
                entry["parameters"] = dict(request.query_params)
                response = await run_in_threadpool(self._answer, request, handlers, body)
                entry["status"] = response.status_code
                return response

        endpoint.__name__ = path
        return endpoint

    def _answer(self, request: Request, handlers: Mapping[str, Handler], body: bytes) -> Response:
        """What every call has in common: token, company, rate limit, and the faults that end it."""
        headers: dict[str, str] = {}
        trouble = self.switches.trouble(request.method, request.url.path)
        try:
            with self.turns.of(self._written_projects(request, body)):
                time.sleep(trouble.slow_seconds)
                account = self._account(request, trouble)
                headers = self._count(account, trouble)
                company_id = _company(request, account)
                self._refuse(request, trouble)
                response = self._handle(request, handlers, body, company_id)
                time.sleep(trouble.slow_after_seconds)
                if trouble.broken_after and response.status_code < 400:
                    raise ApiError(500, "Internal Server Error")
        except ApiError as error:
            response = render_error(request, error, self.switches.refusals())
        except _PlainRefusalError as refusal:
            response = PlainTextResponse(str(refusal), 400)
        if trouble.lost_answer and response.status_code < 500:
            return SilentResponse(bytes(response.body), response.status_code, media_type=response.media_type)
        if trouble.empty_answer and response.status_code < 300:
            response = Response(status_code=response.status_code)
        if trouble.page_cut and response.status_code == 200:
            content = bytes(response.body)
            cut = {name: value for name, value in response.headers.items() if name != "content-length"}
            response = Response(content[: len(content) * 2 // 3], 200, cut)
        for name, value in headers.items():
            response.headers[name] = value
        return response

    def _written_projects(self, request: Request, body: bytes) -> set[int]:
        """The projects that a call needs for itself."""
        way, path = self.switches.concurrent(), request.url.path
        if request.method == "GET" or way == "off" or (way == "direct_costs" and "/direct_costs" not in path):
            return set()
        return projects_of(request.path_params, path, request.query_params, _json(request, body))

    def _refuse(self, request: Request, trouble: Trouble) -> None:
        """Refuse what a switch says is refused.

        Raises:
            ApiError: 400, 403, 405 or 500.
        """
        if trouble.broken:
            raise ApiError(500, "Internal Server Error")
        if trouble.refused:
            raise ApiError(400, "Bad Request")
        if self.switches.forbidden(f"{request.url.path}?{request.url.query}"):
            raise ApiError(403, "You do not have permission to perform this action")
        if self.switches.budgets_moved(request.method, request.url.path):
            raise handle_modifications.moved()

    def _account(self, request: Request, trouble: Trouble) -> ServiceAccount:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if trouble.token_expired:
            self.tokens.revoke(token.strip())
        account = self.tokens.account(token.strip()) if scheme.lower() == "bearer" else None
        if account is None:
            raise ApiError(401, "The access token is invalid", headers={"WWW-Authenticate": 'Bearer realm="Procore"'})
        return account

    def _count(self, account: ServiceAccount, trouble: Trouble) -> dict[str, str]:
        """Count the call and return the rate limit's headers.

        Raises:
            ApiError: 429 or 503 with the headers that say when to come back.
        """
        if trouble.busy_seconds is not None:
            raise ApiError(503, "Service Unavailable", headers={"Retry-After": str(trouble.busy_seconds)})
        hourly, spike = self.switches.limits()
        slides = self.switches.window_slides()
        allowed, headers = self.limiter.count(account.client_id, hourly, spike, slides)
        if trouble.limited_seconds is not None:
            allowed, headers = False, limit_headers(hourly or 3600, 0, time.time() + trouble.limited_seconds)
        if not allowed:
            wait = max(0, int(headers["X-Rate-Limit-Reset"]) - int(time.time()))
            raise ApiError(429, "You have exceeded the rate limit", headers={**headers, "Retry-After": str(wait)})
        return headers

    def _handle(self, request: Request, handlers: Mapping[str, Handler], body: bytes, company_id: int) -> Response:
        handler = handlers.get(request.method)
        if handler is None:
            allowed = ", ".join(handlers)
            raise ApiError(405, f"{request.method} is not allowed", headers={"Allow": allowed})
        ways = self.switches.ways(request.url.path)
        permissions.check(ways, request.method, request.url.path)
        with self.stores.transaction() as store:
            path = {name: str(value) for name, value in request.path_params.items()}
            v2 = request.url.path.startswith("/rest/v2.")
            paging = self.switches.paging(request.url.path)
            call = Call(store, company_id, path, request.query_params, _json(request, body), v2, paging, ways)
            return render(request, handler(call))

    async def _report(self, _: Request) -> Response:
        return JSONResponse(self.calls.report())

    async def _reset(self, _: Request) -> Response:
        self.calls.reset()
        self.limiter.forget()
        return Response(status_code=204)


_ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class _PlainRefusalError(Exception):
    """A refusal that is a plain text, not JSON."""


def _company(request: Request, account: ServiceAccount) -> int:
    """The company of the header, which every call of a service account needs (tutorial-mpz)."""
    text = request.headers.get("procore-company-id", "").strip()
    if not text:
        raise _PlainRefusalError("Missing Procore-Company-Id header!")
    if not text.isdecimal() or int(text) not in account.companies:
        raise ApiError(403, "App is not connected to this company")
    return int(text)


def _json(request: Request, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if "json" not in request.headers.get("content-type", ""):
        raise ApiError(400, "Send the body as application/json")
    try:
        content = json.loads(body)
    except ValueError:
        raise ApiError(400, "The body is no JSON") from None
    if not isinstance(content, dict):
        raise ApiError(400, "The body is no JSON object")
    return content


async def _unknown_path(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"errors": "Not found"}, status)
