"""Enhanced Authentication over HTTP: a bearer token for a client's secret, and a new secret for the old one."""

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.calls import CallLog, without_secrets
from sandbox.sdx import answers
from sandbox.sdx.access import Client, Installation
from sandbox.sdx.switches import Switches


class SignIn:
    """Answers `/connect/token` and `/secretRotation`.

    Args:
        installation: its clients and tokens.
        switches: the faults.
        calls: where calls are noted.
    """

    def __init__(self, installation: Installation, switches: Switches, calls: CallLog) -> None:
        self._installation = installation
        self._switches = switches
        self._calls = calls

    async def token(self, request: Request) -> Response:
        """Give a client a token."""
        client = await self._client(request)
        if isinstance(client, Response):
            return client
        token, seconds = self._installation.tokens.issue()
        content = {"access_token": token, "expires_in": seconds, "token_type": "Bearer", "scope": "spectrumapi"}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def rotate(self, request: Request) -> Response:
        """Give a client a new secret, if it may have one."""
        client = await self._client(request)
        if isinstance(client, Response):
            return client
        if not client.self_rotation:
            return answers.oauth_error(403, "unauthorized_client")
        secret, end = self._installation.tokens.rotate(client)
        content = {"client_secret": secret, "estimated_expiration": end.isoformat()}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def _client(self, request: Request) -> Client | Response:
        """The client whose id and secret a form carries, or the OAuth error."""
        if await run_in_threadpool(self._switches.blocked):
            return answers.blocked()
        if not self._installation.enhanced:
            return Response("Enhanced Authentication is not enabled", 404, media_type="text/plain")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        with self._calls.running("token") as entry:
            entry["parameters"] = without_secrets(form)
            client = self._installation.tokens.client(form.get("client_id", ""), form.get("client_secret", ""))
            if form.get("grant_type") != "client_credentials":
                refused: Response | None = answers.oauth_error(400, "unsupported_grant_type")
            elif form.get("scope") != "spectrumapi":
                refused = answers.oauth_error(400, "invalid_scope")
            elif client is None:
                refused = answers.oauth_error(401, "invalid_client")
            else:
                refused = None
            entry["status"] = 200 if refused is None else refused.status_code
        if refused is not None or client is None:
            return refused or answers.oauth_error(401, "invalid_client")
        return client
