"""A3: a password in the wrong field of an Airflow connection, and a connection that is wrong otherwise, is in no log.

Every field and every extra of every connection holds a secret in turn, and every two fields are swapped; then the
connection is used. What comes of it is one of our errors, and quotes nothing of what the connection holds.
"""

from __future__ import annotations

import itertools
import json
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from airflow.sdk import Connection
from connections_world import FULL, PASSWORD, SECRET, World
from psycopg.conninfo import conninfo_to_dict

from spectrum_etl.connections.reasons import not_connected
from spectrum_etl.errors import SpectrumEtlError
from spectrum_etl.notify.channels import send_email, send_slack, send_teams
from spectrum_etl.notify.message import Message
from spectrum_etl.settings.notifications import Notifications
from spectrum_etl.sources.infolink import connection as infolink
from spectrum_etl.sources.infolink.reader import InfoLinkReader
from spectrum_etl.sources.procore import connection as procore
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient
from spectrum_etl.sources.sdx import connection as sdx
from spectrum_etl.sources.sdx.client import SdxClient
from spectrum_etl.warehouse import connect as warehouse

WORD = "Sesame-Geheim-7"
#: As people paste them: alone, in an address, with characters that nothing takes.
SECRETS = (WORD, f"https://me:{WORD}@127.0.0.1:9", f"https://127.0.0.1:9/x?key={WORD}", f"{WORD} ü\n", f"@{WORD}/")
FIELDS = ("host", "schema", "login", "password", "extra")
NOTIFICATIONS = Notifications(channels=("email",), email_from="a@b.example", email_to=("c@d.example",))
MESSAGE = Message(("failure",), "a title", ("a line",), "nothing")


def _use_web_services(conn: Connection) -> None:
    made = sdx.SdxConnection.from_airflow(conn)
    with SdxClient(made, attempts=1, sleep=lambda _: None) as client:
        list(client.call("GetJob", {"pCompany_Code": made.company_login}))
        list(client.read_vendors(made.company_login))


def _use_infolink(conn: Connection) -> None:
    with InfoLinkReader(infolink.InfoLinkConnection.from_airflow(conn)) as reader:
        reader.table("JC_JOB_MASTER_MC")


def _use_procore(conn: Connection) -> None:
    made = procore.ProcoreConnection.from_airflow(conn)
    with ProcoreClient(made, made.company_id or "4001", attempts=1, longest_wait=0.1, sleep=lambda _: None) as client:
        resources.me(client)


def _use_warehouse(conn: Connection) -> None:
    with warehouse.connect(warehouse.url_of(conn)):
        pass


USES: dict[str, tuple[Callable[[Connection], None], tuple[str, ...]]] = {
    "spectrum_sdx": (_use_web_services, sdx._EXTRAS),
    "spectrum_infolink": (_use_infolink, infolink._EXTRAS),
    "procore": (_use_procore, procore._EXTRAS),
    "warehouse": (_use_warehouse, warehouse.EXTRAS),
    "notify_email": (lambda conn: send_email(conn, MESSAGE, NOTIFICATIONS), ("encryption",)),
    "notify_slack": (lambda conn: send_slack(conn, MESSAGE, NOTIFICATIONS), ()),
    "notify_teams": (lambda conn: send_teams(conn, MESSAGE, NOTIFICATIONS), ()),
}


@pytest.fixture
def good(world: World, database: str) -> dict[str, dict[str, Any]]:
    """Connections that work, by id; but for the channels', where nobody listens."""
    web, api, base = urlsplit(world.sdx.base_url), urlsplit(world.procore.base_url), conninfo_to_dict(database)
    enhanced = {"auth": "enhanced", "client_id": "me", "client_secret": SECRET}
    found: dict[str, dict[str, Any]] = {
        "spectrum_sdx": {
            "host": web.hostname, "port": web.port, "schema": "http", "login": "1", "password": FULL, "extra": enhanced,
        },
        "spectrum_infolink": {
            "host": "127.0.0.1", "port": world.infolink.port, "schema": "Spectrum", "login": "infolink",
            "password": PASSWORD, "extra": {"encryption": "off", "login_timeout": 5},
        },
        "procore": {
            "host": api.hostname, "port": api.port, "schema": "http", "login": "client", "password": SECRET,
            "extra": {"company_id": "4001"},
        },
        "warehouse": {
            "host": base["host"], "port": int(str(base["port"])), "schema": base["dbname"], "login": base["user"],
            "password": base["password"], "extra": {},
        },
    }  # fmt: skip
    nobody = {"host": "127.0.0.1", "port": 9, "schema": None, "login": "me", "extra": {}}
    found["notify_email"] = {**nobody, "password": "word", "extra": {"encryption": "off"}}
    found["notify_slack"] = found["notify_teams"] = {**nobody, "password": "https://127.0.0.1:9/services/key"}
    return found


def _connection(conn_id: str, fields: dict[str, Any]) -> Connection:
    extra = fields["extra"]
    text = json.dumps(extra) if isinstance(extra, dict) else extra
    return Connection(
        conn_id=conn_id, conn_type="postgres" if conn_id == "warehouse" else "http", **{**fields, "extra": text}
    )


def _shown(conn_id: str, fields: dict[str, Any], caplog: pytest.LogCaptureFixture) -> str:
    """Everything that a person may get to see of using a connection."""
    caplog.clear()
    caplog.set_level(logging.INFO)
    use, _ = USES[conn_id]
    try:
        use(_connection(conn_id, fields))
    except SpectrumEtlError as error:
        checked = not_connected("1", conn_id, "warehouse", error)
        parts = (str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error)), repr(checked))
        return "\n".join((*parts, caplog.text))
    return caplog.text


@pytest.mark.parametrize("conn_id", USES)
def test_a3_c17_a_secret_in_any_field_or_extra_is_never_quoted(
    good: dict[str, dict[str, Any]], caplog: pytest.LogCaptureFixture, conn_id: str
) -> None:
    fields = good[conn_id]
    for secret in SECRETS:
        wrong = [{**fields, field: secret} for field in FIELDS]
        for name in USES[conn_id][1]:
            values = [secret, [secret], {"a": secret}]
            wrong += [{**fields, "extra": {**fields["extra"], name: value}} for value in values]
        wrong += [{**fields, "extra": f'{{"auth": "{secret}'}, {**fields, "extra": json.dumps([secret])}]
        wrong += [{**fields, "extra": {secret: "x"}}, {**fields, "extra": {"no_such_extra": secret}}]
        for one in wrong:
            shown = _shown(conn_id, one, caplog)
            assert WORD not in shown, (conn_id, one)


@pytest.mark.parametrize("conn_id", ["spectrum_sdx", "spectrum_infolink", "procore", "warehouse"])
def test_a3_c17_two_fields_that_are_swapped_quote_neither(
    good: dict[str, dict[str, Any]], caplog: pytest.LogCaptureFixture, conn_id: str
) -> None:
    """Login and password, and any other two; what the others hold is not quoted either."""
    fields = {**good[conn_id], "password": WORD}
    for one, other in itertools.combinations(("host", "schema", "login", "password"), 2):
        swapped = {**fields, one: fields[other], other: fields[one]}
        shown = _shown(conn_id, swapped, caplog)
        assert shown, f"{one} and {other} of {conn_id} are swapped and nothing is said"
        assert WORD not in shown, (conn_id, one, other)


@pytest.mark.parametrize(
    ("conn_id", "change", "field"),
    [
        ("spectrum_sdx", {"host": f"https://me:{WORD}@spectrum.example.com"}, "host"),
        ("spectrum_sdx", {"login": FULL, "password": "1"}, "login"),
        ("spectrum_sdx", {"extra": {"giud": "empty"}}, "extra"),
        ("spectrum_sdx", {"extra": "no json"}, "extra"),
        ("spectrum_sdx", {"host": "spectrum.example.com"}, "host"),
        ("spectrum_sdx", {"extra": {"token_url": "http://login.example.com"}}, "token_url"),
        ("spectrum_infolink", {"extra": {"encrypt": "yes"}}, "extra"),
        ("spectrum_infolink", {"schema": ""}, "schema"),
        ("procore", {"extra": {"login": "x"}}, "extra"),
        ("warehouse", {"extra": {"ssl_mode": "require"}}, "extra"),
        ("warehouse", {"extra": {"target_session_attrs": "anything"}}, "target_session_attrs"),
        ("warehouse", {"host": ""}, "host"),
    ],
)
def test_a3_c17_the_message_names_connection_field_and_what_is_allowed(
    good: dict[str, dict[str, Any]], caplog: pytest.LogCaptureFixture, conn_id: str, change: dict[str, Any], field: str
) -> None:
    """An extra that is misspelled would do nothing; an address without encryption would show the Authorization ID."""
    shown = _shown(conn_id, {**good[conn_id], **change}, caplog).splitlines()[0]
    assert field in shown
    assert conn_id in shown
    assert "allowed" in shown or "What to do" in shown


def test_a_host_of_one_letter_keeps_its_scheme() -> None:
    conn = Connection(conn_id="spectrum_sdx", conn_type="http", host="h", login="1", password="ID")
    assert sdx.SdxConnection.from_airflow(conn).base_url == "https://h:8482"
