"""Credentials of a call: tokens of enhanced authentication, and the headers.

Source: help.trimble.com/en/spectrum/spectrum/api-web-services/authentication/enhanced-authentication and
.../basic-authentication.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from spectrum_etl.errors import Reauthenticate, StopSync
from spectrum_etl.sources.http import parse_json
from spectrum_etl.sources.sdx.connection import SdxConnection
from spectrum_etl.sources.tokens import Token, token_in

#: Posts a form (address, fields) and gives status and body of an answer with a status below 500.
PostForm = Callable[[str, dict[str, str]], tuple[int, bytes]]


def request_token(connection: SdxConnection, post: PostForm) -> Token:
    """A new token of enhanced authentication.

    Args:
        connection: supplies client id, secret and address.
        post: sends the form.

    Raises:
        Reauthenticate: client id or secret were refused.
        StopSync: the answer holds no token.
        RetryLater: the server could not be reached.
    """
    status, body = post(
        connection.token_url or f"{connection.base_url}/connect/token",
        {
            "client_id": connection.client_id,
            "client_secret": connection.client_secret,
            "scope": "spectrumapi",
            "grant_type": "client_credentials",
        },
    )
    if status in {400, 401}:
        raise Reauthenticate(
            f"client id or client secret were refused (HTTP {status})",
            object="connect/token",
            remedy="check client_id and client_secret in the Airflow connection; a secret lives 7 to 120 days and "
            "has to be replaced before it expires",
        )
    try:
        token = token_in(parse_json(body))
    except ValueError:
        token = None
    if token is None:
        raise StopSync(
            f"the answer holds no token (HTTP {status})",
            object="connect/token",
            remedy="check host and port of the Airflow connection, or its extra token_url",
        )
    return token


def soap_headers(token: str) -> dict[str, str]:
    """Credentials of a SOAP call besides the Authorization ID in its envelope: the token, if there is one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def rest_headers(connection: SdxConnection, company: str, token: str) -> dict[str, str]:
    """Credentials of a REST call.

    Args:
        connection: supplies the Authorization ID and the names of the headers.
        company: company code, the documented user name.
        token: bearer token of enhanced authentication, or nothing.
    """
    basic = f"Basic {basic_pair(company, connection.authorization_id)}"
    if not token:
        return {"Authorization": basic}
    return {connection.rest_bearer_header: f"Bearer {token}", connection.rest_basic_header: basic}


def basic_pair(company: str, authorization_id: str) -> str:
    """User name and password as Basic authentication writes them."""
    return base64.b64encode(f"{company}:{authorization_id}".encode()).decode("ascii")
