"""The stand-in Procore's sign-in: client credentials for an access token (oauth-client-credentials)."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calls import CallLog
from sandbox.procore.access import Tokens

_DESCRIPTIONS = {
    "invalid_client": "Client authentication failed due to unknown client or wrong secret.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "invalid_request": "The request is missing a required parameter.",
}


class Oauth:
    """Answers under `/oauth`.

    Args:
        tokens: accounts and their tokens.
        calls: where calls are noted, without secrets.
    """

    def __init__(self, tokens: Tokens, calls: CallLog) -> None:
        self._tokens = tokens
        self._calls = calls

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/oauth/token/info", self._info, methods=["GET"]),
            Route("/oauth/revoke", self._revoke, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        with self._calls.running("POST /oauth/token") as entry:
            response = self._issue(await _form(request))
            entry["status"] = response.status_code
            return response

    def _issue(self, form: dict[str, str]) -> Response:
        if form.get("grant_type") != "client_credentials":
            return _refuse(400, "unsupported_grant_type" if form.get("grant_type") else "invalid_request")
        issued = self._tokens.issue(form.get("client_id", ""), form.get("client_secret", ""))
        if issued is None:
            return _refuse(401, "invalid_client")
        text, token = issued
        content = {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": token.expires_in,
            "created_at": token.created_at,
        }
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def _info(self, request: Request) -> Response:
        _, _, text = request.headers.get("authorization", "").partition(" ")
        token = self._tokens.find(text.strip())
        if token is None:
            return _refuse(401, "invalid_request")
        left = token.created_at + token.expires_in - self._tokens.now()
        return JSONResponse({"expires_in_seconds": int(left), "created_at": token.created_at, "scopes": []})

    async def _revoke(self, request: Request) -> Response:
        self._tokens.revoke((await _form(request)).get("token", ""))
        return JSONResponse({})


async def _form(request: Request) -> dict[str, str]:
    """The parameters, sent as a form of either kind or as JSON; anything unreadable is empty."""
    if "json" in request.headers.get("content-type", ""):
        try:
            content = json.loads(await request.body())
        except ValueError:
            return {}
        return {str(name): str(value) for name, value in content.items()} if isinstance(content, dict) else {}
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _refuse(status: int, error: str) -> Response:
    return JSONResponse({"error": error, "error_description": _DESCRIPTIONS[error]}, status)
