"""What a failure below HTTP means, and whether the call may have reached Procore."""

from __future__ import annotations

import socket
import ssl

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from spectrum_etl.sources.faults import NoConnection, NotAllowed, SourceFault, UnknownHost, caused_by
from spectrum_etl.sources.procore.connection import ProcoreConnection
from spectrum_etl.sources.procore.faults import ApiCall


def explain(call: ApiCall, error: requests.RequestException, connection: ProcoreConnection) -> tuple[bool, SourceFault]:
    """Whether the call may have been executed, and the error with its remedy.

    The order matters: timeouts and TLS failures are connection errors, too.

    Args:
        call: what was asked.
        error: of `requests`; its text is not used, since that of an invalid header would quote a secret.
        connection: supplies addresses and timeouts.
    """
    # Not by its address: a password may stand where the host should.
    server = "Procore's login host" if call.path == "/oauth/token" else "Procore's API"
    if isinstance(error, requests.exceptions.SSLError):
        # Only a certificate is refused before anything was sent; other failures may come in the middle of an answer.
        return not caused_by(error, (ssl.SSLCertVerificationError,)), NotAllowed(
            f"the encrypted connection to {server} failed: its certificate is not trusted, or it speaks no TLS",
            object=call.name,
            remedy="name the authority's file in the extra ca_file of the Airflow connection, or correct its host",
            cause="certificate",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return False, NoConnection(
            f"the proxy on the way to {server} failed or refused",
            object=call.name,
            remedy="check HTTPS_PROXY and NO_PROXY in the environment of Airflow's workers, then run the task again",
        )
    if caused_by(error, (NameResolutionError, socket.gaierror)):
        return False, UnknownHost(
            f"the host's name is not known: {server}",
            object=call.name,
            remedy="correct the host in the Airflow connection, or the name service of this machine",
        )
    connect, read = connection.timeout_seconds
    if caused_by(error, (NewConnectionError, ConnectTimeoutError)):
        return False, NoConnection(
            f"{server} cannot be reached",
            object=call.name,
            limit=f"{connect:g} s to connect",
            remedy="run the task again; if it persists, check host and port of the Airflow connection and the firewall",
        )
    if isinstance(error, requests.Timeout) or caused_by(error, (TimeoutError,)):
        return True, NoConnection(
            f"no answer from {server}",
            object=call.name,
            limit=f"{read:g} s between two pieces of an answer",
            remedy="run the task again; if it persists, raise the extra timeout of the Airflow connection",
        )
    if isinstance(error, requests.exceptions.InvalidHeader | requests.exceptions.InvalidURL):
        return False, NotAllowed(
            "the call cannot be sent with the credentials or the address given",
            object=call.name,
            remedy="check the Airflow connection",
        )
    return True, NoConnection(
        f"the connection to {server} was closed, or its answer is damaged ({type(error).__name__})",
        object=call.name,
        remedy="run the task again",
    )
