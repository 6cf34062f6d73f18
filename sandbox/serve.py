"""Runs the stand-in Spectrum and Procore until told to stop."""

import json
import os
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from sandbox.data import generate, schema
from sandbox.faults import Faults
from sandbox.infolink.server import InfoLinkServer
from sandbox.procore.commands import account
from sandbox.procore.seed import ALL_COMPANIES, seed
from sandbox.procore.server import ProcoreServer
from sandbox.sdx.access import Authorization, Client, GuidPolicy
from sandbox.sdx.server import SdxServer

# Environment variable of each credential; one that is not set is made up at the start and shown or written down.
_VARIABLES = {
    "authorization_id": "SANDBOX_AUTHORIZATION_ID",
    "client_id": "SANDBOX_CLIENT_ID",
    "client_secret": "SANDBOX_CLIENT_SECRET",
    "infolink_password": "SANDBOX_INFOLINK_PASSWORD",
    "procore_client_id": "SANDBOX_PROCORE_CLIENT_ID",
    "procore_client_secret": "SANDBOX_PROCORE_CLIENT_SECRET",
}
_LONGEST_AUTHORIZATION_ID = 20


@dataclass(frozen=True)
class Credentials:
    """What the servers ask their callers for, and the environment variables that were not set and so made up."""

    authorization_id: str
    client_id: str
    client_secret: str
    infolink_password: str
    procore_client_id: str
    procore_client_secret: str
    made_up: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Credentials":
        """Read the credentials, making up those that are missing.

        Raises:
            ValueError: the Authorization ID is longer than Spectrum's own can be.
        """
        given = {name: environment.get(variable, "") for name, variable in _VARIABLES.items()}
        if len(given["authorization_id"]) > _LONGEST_AUTHORIZATION_ID:
            raise ValueError(
                f"SANDBOX_AUTHORIZATION_ID has {len(given['authorization_id'])} characters, "
                f"an Authorization ID has {_LONGEST_AUTHORIZATION_ID} at most: set a shorter one"
            )
        made_up = tuple(name for name, value in given.items() if not value)
        values = given | {name: secrets.token_hex(8) for name in made_up}
        return cls(**values, made_up=made_up)


@dataclass(frozen=True)
class ServeOptions:
    """How to serve: sizes of a first load, ports (0 picks free ones), faults to switch on, the file that says ready."""

    database_url: str
    host: str = "127.0.0.1"
    sdx_port: int = 0
    infolink_port: int = 0
    procore_port: int = 0
    jobs: int = 50
    transactions: int = 20_000
    seed: int = 1
    faults: Sequence[str] = ()
    enhanced: bool = False
    guid_policy: GuidPolicy = "documented"
    ready_file: Path | None = None


def serve(options: ServeOptions, credentials: Credentials) -> None:
    """Load the database if it is empty, start all servers and wait for SIGTERM or SIGINT.

    Args:
        options: ports, sizes, faults.
        credentials: what callers must present.

    Raises:
        ValueError: an unknown fault, or sizes that cannot be.
        OSError: a port is taken or the ready file cannot be written.
        RuntimeError: a server does not come up.
        psycopg.Error: the database refuses.
    """
    with schema.connect(options.database_url) as connection:
        empty = schema.is_empty(connection)
    if empty:
        print(f"loading {options.jobs} jobs and {options.transactions:,} transactions", flush=True)
        generate.load(options.database_url, options.jobs, options.transactions, options.seed)
    if seed(options.database_url):
        print("seeding Procore", flush=True)
    switches = Faults(options.database_url)
    switches.set_all(options.faults)
    switches.close()
    infolink = InfoLinkServer(
        options.database_url, options.host, options.infolink_port, password=credentials.infolink_password
    )
    sdx = SdxServer(
        options.database_url,
        [Authorization(credentials.authorization_id, _companies(options.database_url))],
        options.host,
        options.sdx_port,
        clients=[Client(credentials.client_id, credentials.client_secret)],
        enhanced=options.enhanced,
        guid_policy=options.guid_policy,
    )
    procore = ProcoreServer(
        options.database_url,
        [account(credentials.procore_client_id, credentials.procore_client_secret)],
        options.host,
        options.procore_port,
    )
    with infolink, sdx, procore, _stop_signal() as stop:
        _announce(options, credentials, sdx.url, infolink.port, procore.url)
        stop.wait()
        print("stopping", flush=True)
    if options.ready_file is not None:
        options.ready_file.unlink(missing_ok=True)


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set; before and after, they do what they did."""
    stop = threading.Event()

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _companies(database_url: str) -> tuple[str, ...]:
    with schema.connect(database_url) as connection:
        rows = connection.execute("SELECT name FROM sandbox.state WHERE name LIKE 'jobs\\_%' ORDER BY name").fetchall()
    return tuple(str(row[0]).removeprefix("jobs_") for row in rows)


def _announce(
    options: ServeOptions, credentials: Credentials, sdx_url: str, infolink_port: int, procore_url: str
) -> None:
    """Say where the servers are; credentials that were made up are told once, in the ready file or on the screen."""
    print(f"Spectrum Data Exchange: {sdx_url}", flush=True)
    print(f"Info-Link: {options.host}:{infolink_port}, database Spectrum, login infolink", flush=True)
    print(f"Procore: {procore_url}, companies {', '.join(map(str, ALL_COMPANIES))}", flush=True)
    if options.ready_file is None:
        for name in credentials.made_up:
            print(f"{_VARIABLES[name]}={getattr(credentials, name)}", flush=True)
        return
    content = {
        "sdx_url": sdx_url,
        "infolink_host": options.host,
        "infolink_port": infolink_port,
        "procore_url": procore_url,
        **{name: value for name, value in asdict(credentials).items() if name != "made_up"},
    }
    # Written aside and renamed, so that whoever waits for the file never reads half of it.
    aside = options.ready_file.with_suffix(".part")
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    aside.rename(options.ready_file)
