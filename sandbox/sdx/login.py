"""Who calls a REST service: Basic with company and Authorization ID, or the ID in a header beside a bearer token."""

import base64
import binascii
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.sdx import answers
from sandbox.sdx.access import Authorization
from sandbox.sdx.services import Service


def rest_authorization(
    request: Request, service: Service, company: str, authorizations: Iterable[Authorization], off: frozenset[str]
) -> Authorization | Response:
    """Return the Authorization ID of a REST call, or the refusal.

    Where the ID goes beside a bearer token is not published: a header of its own, or Basic as without tokens.

    Args:
        request: the call.
        service: what was called.
        company: the company the call names, trimmed.
        authorizations: the Authorization IDs there are.
        off: services that are off every ID's list for now.
    """
    login_company, given = basic(request) or (company, request.headers.get("authorization-id", ""))
    found = next((each for each in authorizations if each.id == given and given), None)
    if found is None or not found.active or login_company not in found.companies:
        return answers.unauthorized("Basic", "Company code and Authorization ID do not fit")
    if service.name in off or not found.allows_service(service.name):
        text = f"Authorization ID is not authorized for web service {service.name}"
        return answers.rest_error(403, "E", text, "Authorization_ID")
    if company != login_company:
        text = f"Company {company} is not the company of the login"
        return answers.rest_error(403, "E", text, service.parameters[0].name)
    return found


def bearer(request: Request) -> str:
    """Return the bearer token of a call, blank without one."""
    tokens = _credentials(request, "Bearer")
    return tokens[0] if tokens else ""


def basic(request: Request) -> tuple[str, str] | None:
    """Return user and password of Basic authentication, None without them."""
    for value in _credentials(request, "Basic"):
        try:
            user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return user.strip(), password
    return None


def _credentials(request: Request, scheme: str) -> list[str]:
    """What follows a scheme in the Authorization headers: a client may send one for Basic and one for Bearer."""
    values = [part.strip() for value in request.headers.getlist("authorization") for part in value.split(",")]
    prefix = f"{scheme.lower()} "
    return [value[len(prefix) :].strip() for value in values if value.lower().startswith(prefix)]
