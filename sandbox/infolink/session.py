"""One client's session: login, batches, results, cancel; each with its own read-only PostgreSQL connection."""

import hmac
import select
import ssl
import time
from dataclasses import dataclass

import psycopg
from psycopg import pq

from sandbox.faults import Faults
from sandbox.infolink import catalog, metadata, protocol, rowcodec, sqltypes, statements, translate
from sandbox.infolink.errors import TdsError, denied, from_postgres, unsupported
from sandbox.infolink.learned import Learned
from sandbox.infolink.protocol import DONE_ATTENTION, DONE_COUNT, DONE_ERROR, DONE_MORE, ProtocolError
from sandbox.infolink.query_log import QueryLog
from sandbox.infolink.transport import Channel
from sandbox.infolink.values import Value

# Rows that libpq hands over at once, and bytes that go out at once: enough to make the cost per call small.
CHUNK_ROWS = 512
FLUSH_BYTES = 128 * 1024
# The planner knows nothing of how dear hashing is, and would hash in one process: an operator's cost of 0.02 instead of
# 0.0025 makes it aggregate in parallel. Compiling (jit) only costs.
_OPTIONS = (
    "-c default_transaction_read_only=on -c datestyle=ISO,MDY -c timezone=UTC -c jit=off -c work_mem=64MB "
    "-c cpu_operator_cost=0.02 -c parallel_setup_cost=200"
)
_VERSION = "Microsoft SQL Server 2019 (RTM-CU30) - 15.0.4415.2 (X64) \n\tInfo-Link sandbox on PostgreSQL"


class Disconnected(Exception):
    """The client has gone, or a fault closes the connection: the session ends without an answer."""


class Cancelled(Exception):
    """The client sent an attention: the statement stops, and so does the batch."""


@dataclass(frozen=True)
class Account:
    """What a session needs: the database behind, and the one login it accepts."""

    database_url: str
    user: str
    password: str
    database_name: str

    def __repr__(self) -> str:
        """Without the password and the URL, which holds one."""
        return f"Account(user={self.user!r}, database_name={self.database_name!r})"


class Session:
    """Serves one client until it goes.

    Args:
        channel: the client.
        account: the login to accept and the database behind.
        tls: a TLS context, or None when encryption is not supported.
        learned: what earlier sessions have found out.
    """

    def __init__(self, channel: Channel, account: Account, tls: ssl.SSLContext | None, learned: Learned) -> None:
        self._channel = channel
        self._account = account
        self._tls = tls
        self._faults = Faults(account.database_url)
        self._log = QueryLog(account.database_url)
        self._connection: psycopg.Connection | None = None
        self._transactions = 0
        self._level = "READ COMMITTED"
        self._no_count = False
        self._pending = bytearray()
        self._learned = learned

    def serve(self) -> None:
        """Log the client in and answer its batches; returns when it has gone."""
        try:
            if not self._log_in():
                return
            while (message := self._channel.read_message()) is not None:
                kind, body = message
                if kind == protocol.TYPE_BATCH:
                    self._batch(protocol.batch_text(body))
                elif kind == protocol.TYPE_ATTENTION:
                    self._channel.send(protocol.done_token(DONE_ATTENTION))
                else:
                    error = unsupported(f"TDS message type {kind} (remote procedure calls, bulk load)")
                    self._channel.send(error.token() + protocol.done_token(DONE_ERROR))
        except (Disconnected, ProtocolError, OSError, ssl.SSLError):
            return  # the client's doing: there is nobody left to tell
        finally:
            self._channel.close()
            self._faults.close()
            self._log.close()
            if self._connection is not None:
                self._connection.close()

    # --- login ---

    def _log_in(self) -> bool:
        if self._faults.take("infolink_blocked_ip") is not None:
            return False
        message = self._channel.read_message()
        if message is None:
            return False
        kind, body = message
        only_login = False
        if kind == protocol.TYPE_PRELOGIN:
            wish = protocol.parse_prelogin(body)
            answer = wish if self._tls is not None else protocol.ENCRYPT_NOT_SUPPORTED
            answer = protocol.ENCRYPT_ON if answer == protocol.ENCRYPT_REQUIRED else answer
            self._channel.send(protocol.prelogin_reply(answer))
            if answer != protocol.ENCRYPT_NOT_SUPPORTED and self._tls is not None:
                self._channel.start_tls(self._tls)
                only_login = answer == protocol.ENCRYPT_OFF
            message = self._channel.read_message()
            if message is None:
                return False
            kind, body = message
        if kind != protocol.TYPE_LOGIN:
            raise ProtocolError(f"message type {kind} where a login is expected")
        if only_login:
            self._channel.stop_tls()
        try:
            asked = self._accept(protocol.parse_login(body))
        except TdsError as error:
            self._channel.send(error.token() + protocol.done_token(DONE_ERROR))
            return False
        self._channel.send(protocol.login_reply(self._account.database_name, self._channel.packet_bytes, asked))
        return True

    def _accept(self, login: protocol.Login) -> int:
        known = self._account
        right = hmac.compare_digest(login.password.encode(), known.password.encode())
        if (
            login.user.lower() != known.user.lower()
            or not right
            or self._faults.take("infolink_refuse_login") is not None
        ):
            raise TdsError(18456, f"Login failed for user '{login.user}'.", severity=14)
        self._check_database(
            login.database or known.database_name, f" The login failed. Login failed for user '{login.user}'."
        )
        self._connection = psycopg.connect(
            known.database_url,
            autocommit=True,
            application_name="infolink",
            client_encoding="UTF8",
            options=_OPTIONS,
        )
        if protocol.HEADER_BYTES < login.packet_bytes <= protocol.LARGEST_PACKET_BYTES:
            self._channel.packet_bytes = max(512, login.packet_bytes)
        return login.packet_bytes

    def _check_database(self, name: str, consequence: str = "") -> None:
        if name.lower() != self._account.database_name.lower():
            number = 4060 if consequence else 911
            text = f'Cannot open database "{name}" requested by the login.{consequence}'
            if number == 911:
                text = f"Database '{name}' does not exist. Make sure that the name is entered correctly."
            raise TdsError(number, text, severity=11 if consequence else 16)

    # --- batches ---

    def _batch(self, text: str) -> None:
        self._pending.clear()
        try:
            todo = statements.split(text, self._account.database_name)
            skip = False
            for number, statement in enumerate(todo):
                if skip:
                    skip = False
                    continue
                if statement.kind == "if_trancount":
                    holds = (self._transactions == 0) == (statement.text == "=")
                    skip = not holds
                    continue
                self._statement(statement, DONE_MORE if number + 1 < len(todo) else 0)
            if not self._pending:
                self._pending += protocol.done_token(0)
        except TdsError as error:
            self._fail(error)
        except psycopg.Error as error:
            self._fail(from_postgres(error.sqlstate, (error.diag.message_primary or str(error)).strip()))
        except Cancelled:
            # What is pending completes the row that was sent in part: without it the client could not read the end.
            self._pending += protocol.done_token(DONE_ATTENTION)
        self._flush(end=True)

    def _fail(self, error: TdsError) -> None:
        self._pending += error.token() + protocol.done_token(DONE_ERROR)

    def _statement(self, statement: statements.Statement, more: int) -> None:
        if statement.kind == "query":
            self._query(statement.text, more)
            return
        if statement.kind == "begin":
            self._transactions += 1
        elif statement.kind == "commit":
            if self._transactions == 0:
                raise TdsError(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.")
            self._transactions -= 1
        elif statement.kind == "rollback":
            if self._transactions == 0:
                raise TdsError(3903, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.")
            self._transactions = 0
        elif statement.kind == "level":
            self._level = statement.text
        elif statement.kind == "nocount":
            self._no_count = statement.text == "ON"
        elif statement.kind == "use":
            self._check_database(statement.text)
            name = self._account.database_name
            self._pending += protocol.database_change(name, name)
        if statement.kind in ("commit", "rollback") and self._transactions == 0:
            self._end_snapshot()
        self._pending += protocol.done_token(more)

    def _link(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            raise Disconnected
        return self._connection

    def _end_snapshot(self) -> None:
        link = self._link()
        if link.info.transaction_status != pq.TransactionStatus.IDLE:
            link.execute("ROLLBACK")

    def _begin_snapshot(self) -> None:
        """Hold one snapshot for a transaction that must see one state; other transactions read by the statement."""
        held = self._level in ("REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT") and self._transactions > 0
        link = self._link()
        status = link.info.transaction_status
        if status == pq.TransactionStatus.INERROR:
            link.execute("ROLLBACK TO SAVEPOINT statement")
        elif held and status == pq.TransactionStatus.IDLE:
            link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if held:
            # An error ends a statement, not the transaction, in SQL Server.
            link.execute("SAVEPOINT statement")

    def _answers(self) -> dict[str, Value]:
        def text(value: str) -> Value:
            return Value(catalog.quote_text(value) + "::text", sqltypes.nvarchar(300), literal=None, trimmed=True)

        version = ".".join(str(part) for part in protocol.SERVER_VERSION)
        return {
            "@@VERSION": text(_VERSION),
            "@@SERVERNAME": text(protocol.SERVER_NAME),
            "@@LANGUAGE": text("us_english"),
            "@@TRANCOUNT": Value(str(self._transactions), sqltypes.INT),
            "@@SPID": Value("pg_backend_pid()", sqltypes.INT),
            "DB_NAME": text(self._account.database_name),
            "SCHEMA_NAME": text("dbo"),
            "SUSER_SNAME": text(self._account.user),
            "SERVERPROPERTY:PRODUCTVERSION": text(version),
            "SERVERPROPERTY:PRODUCTLEVEL": text("RTM"),
            "SERVERPROPERTY:EDITION": text("Developer Edition (64-bit)"),
            "SERVERPROPERTY:ENGINEEDITION": Value("3", sqltypes.INT),
            "SERVERPROPERTY:SERVERNAME": text(protocol.SERVER_NAME),
            "SERVERPROPERTY:COLLATION": text("Latin1_General_100_CI_AS_SC_UTF8"),
        }

    # --- queries ---

    def _query(self, text: str, more: int) -> None:
        if self._faults.get("infolink_log") is None:
            self._answer(text, more)
            return
        with self._log.running(text):
            self._answer(text, more)

    def _answer(self, text: str, more: int) -> None:
        delay = self._faults.take("infolink_slow_ms")
        if delay:
            self._wait(int(delay) / 1000)
        self._begin_snapshot()
        link = self._link()
        there, name = self._learned.catalog(link), self._account.database_name
        query, tables = self._learned.translation(
            text, there, self._transactions, lambda: translate.translate(text, there, self._answers(), name)
        )
        refused = self._faults.get("infolink_deny_table")
        for table in tables:
            if refused is not None and table.lower() == refused.lower():
                self._faults.take("infolink_deny_table")
                raise denied("SELECT", table, self._account.database_name)
        metadata.show(text, self._faults, link)
        metadata.refuse_column(text, tables, self._faults, link, self._account.database_name)
        if "dm_exec_sessions" in text:
            link.execute("SELECT set_config('tsql.isolation', %s, false)", [str(statements.LEVELS[self._level])])
        described = [(name, rowcodec.type_info(kind)) for name, kind in zip(query.names, query.types, strict=True)]
        nul = self._faults.take("infolink_nul") is not None
        encoding = rowcodec.encoding_query(query.sql, query.types, every_text=nul)
        rows = self._rows(encoding, protocol.column_metadata(described), nul)
        status = more if self._no_count else more | DONE_COUNT
        self._pending += protocol.done_token(status, protocol.COMMAND_SELECT, rows)

    def _rows(self, query: rowcodec.EncodingQuery, metadata: bytes, nul: bool = False) -> int:
        """Run a query whose rows are TDS tokens and send them as they come, in constant memory.

        Args:
            query: gives the pieces of each row's token.
            metadata: the COLMETADATA token, sent before the first row.
            nul: send CHAR(0) where a text holds what stands for it.

        Returns:
            The number of rows sent.
        """
        limit = self._faults.get("infolink_drop_after_rows")
        wire = self._link().pgconn
        wire.send_query_params(query.sql.encode(), None, result_format=pq.Format.BINARY)
        wire.set_chunked_rows_mode(CHUNK_ROWS)
        encoders = [None if kind is None else rowcodec.TextEncoder(kind, nul).encode for kind in query.texts]
        sent, described = 0, False
        failure: TdsError | None = None
        try:
            while (result := self._next_result(wire)) is not None:
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    field = result.error_field
                    state = (field(pq.DiagnosticField.SQLSTATE) or b"").decode()
                    failure = from_postgres(state, (field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode())
                    continue
                if not described:
                    self._pending += metadata
                    described = True
                count, value = result.ntuples, result.get_value
                self._pending += b"".join(
                    [
                        encode(value(row, piece)) if encode else value(row, piece) or b""
                        for row in range(count)
                        for piece, encode in enumerate(encoders)
                    ]
                )
                result.clear()
                sent += count
                if limit is not None and sent >= int(limit):
                    self._flush(end=False)
                    self._faults.take("infolink_drop_after_rows")
                    raise Disconnected
                if len(self._pending) >= FLUSH_BYTES:
                    self._flush(end=False)
        except (Cancelled, Disconnected, OSError):
            self._stop(wire)
            raise
        if failure is not None:
            raise failure
        return sent

    def _next_result(self, wire: pq.abc.PGconn) -> pq.abc.PGresult | None:
        """The next chunk; meanwhile the client is watched, so that its cancel or end stops a long query at once."""
        while wire.is_busy():
            ready = select.select([wire.socket, self._channel.socket.fileno()], [], [])[0]
            if self._channel.socket.fileno() in ready:
                self._interrupted()
            if wire.socket in ready:
                wire.consume_input()
        return wire.get_result()

    def _interrupted(self) -> None:
        """Something came from the client in the middle of an answer: only an attention may."""
        message = self._channel.read_message()
        if message is None:
            raise Disconnected
        if message[0] == protocol.TYPE_ATTENTION:
            raise Cancelled
        raise ProtocolError(f"message type {message[0]} in the middle of an answer")

    @staticmethod
    def _stop(wire: pq.abc.PGconn) -> None:
        cancel = wire.get_cancel()
        cancel.cancel()
        while (result := wire.get_result()) is not None:
            result.clear()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self._channel.socket], [], [], left)[0]:
                self._interrupted()

    def _flush(self, *, end: bool) -> None:
        """Send what is pending; without `end` only whole packets, the rest stays."""
        if not end and self._channel.has_input():
            self._interrupted()
        room = self._channel.packet_bytes - protocol.HEADER_BYTES
        cut = len(self._pending) if end else len(self._pending) // room * room
        body = bytes(self._pending[:cut])
        del self._pending[:cut]
        self._channel.send(body, end=end)
