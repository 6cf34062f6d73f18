"""Requests the bearer token of Procore's service account.

Source: developers.procore.com/documentation/oauth-client-credentials. There is no refresh token: a new one is
requested.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spectrum_etl.sources.faults import Refused, TokenRefused, Unreadable
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.procore.faults import ApiCall, token_refused
from spectrum_etl.sources.tokens import Token, token_in

#: For messages and for sending; repeating it does no harm.
CALL = ApiCall("POST", "/oauth/token")


def request_token(connection: ProcoreConnection, post: Callable[[dict[str, str]], Any]) -> Token:
    """A new token.

    Args:
        connection: supplies client id and secret.
        post: posts the form to the login server and gives its answer, a JSON value.

    Raises:
        TokenRefused: client id or secret were refused.
        Unreadable: the response contains no token.
        RetryLater: the login server could not be reached.
    """
    try:
        answer = post(
            {
                "grant_type": "client_credentials",
                "client_id": connection.client_id,
                "client_secret": connection.client_secret,
            }
        )
    except TokenRefused:
        raise
    except Refused as refusal:
        # OAuth 2 answers 400 or 401 to credentials that it does not know (RFC 6749, 5.2).
        raise token_refused(CALL, refusal.message) from None
    token = token_in(answer)
    if token is None:
        raise Unreadable(
            "the response contains no token",
            object=CALL.name,
            remedy="check the extra login_url of the Airflow connection: it has to lead to Procore's login host",
        )
    return token
