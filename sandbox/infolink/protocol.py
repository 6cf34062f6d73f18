"""Tabular Data Stream 7.4 on the wire: packet framing, the login record and the tokens of a server's answer.

Field layouts follow Microsoft's published [MS-TDS] specification, sections 2.2.3 (packets), 2.2.6 (client messages) and
2.2.7 (tokens). Nothing here touches a socket or a database.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

TYPE_BATCH = 0x01
TYPE_RPC = 0x03
TYPE_REPLY = 0x04
TYPE_ATTENTION = 0x06
TYPE_BULK = 0x07
TYPE_TRANSACTION = 0x0E
TYPE_LOGIN = 0x10
TYPE_PRELOGIN = 0x12

STATUS_END = 0x01
HEADER = struct.Struct(">BBHHBB")
HEADER_BYTES = 8
DEFAULT_PACKET_BYTES = 4096
LARGEST_PACKET_BYTES = 32767

ENCRYPT_OFF, ENCRYPT_ON, ENCRYPT_NOT_SUPPORTED, ENCRYPT_REQUIRED = 0, 1, 2, 3

DONE_MORE, DONE_ERROR, DONE_COUNT, DONE_ATTENTION = 0x01, 0x02, 0x10, 0x20
COMMAND_SELECT = 0xC1

TDS_7_4 = 0x74000004
# The version that @@VERSION tells too: SQL Server 2019, the first with UTF-8 collations, which our varchar columns
# have.
SERVER_VERSION = (15, 0, 4415, 2)
PROGRAM_NAME = "Microsoft SQL Server"
SERVER_NAME = "INFOLINK"

# Latin1_General_100_CI_AS_SC_UTF8: locale 0x0409, ignore case, kana and width, UTF-8, version 2 ([MS-TDS] 2.2.5.1.2).
COLLATION_UTF8 = struct.pack("<IB", 0x0409 | 0x00100000 | 0x00400000 | 0x00800000 | 0x04000000 | 0x20000000, 0)


class ProtocolError(Exception):
    """The client sent bytes that are not TDS, or ended in the middle of a message."""


@dataclass(frozen=True)
class Login:
    """What a LOGIN7 message asks for. `packet_bytes` is the packet length wanted, in bytes."""

    user: str
    password: str
    database: str
    application: str
    host: str
    packet_bytes: int

    def __repr__(self) -> str:
        """Everything but the password, so that a login can be logged."""
        return f"Login(user={self.user!r}, database={self.database!r}, application={self.application!r})"


def packets(message_type: int, body: bytes, packet_bytes: int, *, end: bool = True, first_id: int = 1) -> bytes:
    """Cut a message into TDS packets.

    Args:
        message_type: one of the TYPE_ numbers.
        body: the message, without headers.
        packet_bytes: the negotiated packet length in bytes, header included.
        end: whether the last packet ends the message; otherwise the caller goes on with more.
        first_id: the packet number to start at, modulo 256.

    Returns:
        The packets, one after another, ready to send.
    """
    room = packet_bytes - HEADER_BYTES
    out = bytearray()
    view = memoryview(body)
    total = len(body)
    number = first_id
    position = 0
    while True:
        piece = min(room, total - position)
        last = position + piece >= total
        status = STATUS_END if last and end else 0
        out += HEADER.pack(message_type, status, piece + HEADER_BYTES, 0, number & 0xFF, 0)
        out += view[position : position + piece]
        position += piece
        number += 1
        if last:
            return bytes(out)


def parse_prelogin(body: bytes) -> int:
    """Read the encryption wish out of a PRELOGIN message ([MS-TDS] 2.2.6.5).

    Returns:
        One of the ENCRYPT_ numbers; not supported when the client does not say.

    Raises:
        ProtocolError: the option table points outside the message.
    """
    position = 0
    while position < len(body) and body[position] != 0xFF:
        if position + 5 > len(body):
            raise ProtocolError("PRELOGIN: the option table is cut off")
        option, offset, length = struct.unpack_from(">BHH", body, position)
        if option == 1 and length:
            if offset >= len(body):
                raise ProtocolError("PRELOGIN: the encryption option lies outside the message")
            return body[offset]
        position += 5
    return ENCRYPT_NOT_SUPPORTED


def prelogin_reply(encryption: int) -> bytes:
    """The server's PRELOGIN answer: version, encryption, no instance check, no MARS."""
    version = struct.pack(">BBHH", SERVER_VERSION[0], SERVER_VERSION[1], SERVER_VERSION[2], 0)
    values = [(0, version), (1, bytes([encryption])), (2, b"\x00"), (3, b""), (4, b"\x00")]
    offset = 5 * len(values) + 1
    table, data = bytearray(), bytearray()
    for option, value in values:
        table += struct.pack(">BHH", option, offset + len(data), len(value))
        data += value
    return bytes(table) + b"\xff" + bytes(data)


def parse_login(body: bytes) -> Login:
    """Read a LOGIN7 message ([MS-TDS] 2.2.6.4).

    Raises:
        ProtocolError: too short, or a field lies outside the message.
    """
    if len(body) < 94:
        raise ProtocolError(f"LOGIN7: {len(body)} bytes are too few, at least 94 are needed")

    def raw(position: int) -> bytes:
        offset, characters = struct.unpack_from("<HH", body, position)
        if offset + 2 * characters > len(body):
            raise ProtocolError("LOGIN7: a field lies outside the message")
        return body[offset : offset + 2 * characters]

    def text(position: int) -> str:
        return raw(position).decode("utf-16-le", "replace")

    # The password is obscured, not encrypted: each byte XOR 0xA5, then its halves swapped.
    plain = bytes(((b ^ 0xA5) >> 4) | (((b ^ 0xA5) & 0x0F) << 4) for b in raw(44))
    return Login(
        user=text(40),
        password=plain.decode("utf-16-le", "replace"),
        database=text(68),
        application=text(48),
        host=text(36),
        packet_bytes=struct.unpack_from("<I", body, 8)[0],
    )


def batch_text(body: bytes) -> str:
    """The T-SQL of a batch message, without the header block that TDS 7.2 put before it ([MS-TDS] 2.2.5.3)."""
    if len(body) < 4:
        raise ProtocolError("SQL batch: no header block")
    headers = struct.unpack_from("<I", body)[0]
    if headers > len(body):
        raise ProtocolError("SQL batch: the header block is longer than the message")
    return body[headers:].decode("utf-16-le", "replace")


def _short(text: str) -> bytes:
    text = text[:255]
    return bytes([len(text)]) + text.encode("utf-16-le")


def _long(text: str) -> bytes:
    text = text[:4000]
    return struct.pack("<H", len(text)) + text.encode("utf-16-le")


def message_token(number: int, text: str, *, severity: int, state: int = 1, line: int = 1) -> bytes:
    """An ERROR token, or an INFO token for severity 10 or less; severity 10 is sent as 0, as SQL Server does."""
    body = (
        struct.pack("<iBB", number, state, 0 if severity == 10 else severity)
        + _long(text)
        + _short(SERVER_NAME)
        + _short("")
    )
    body += struct.pack("<i", line)
    return (b"\xab" if severity <= 10 else b"\xaa") + struct.pack("<H", len(body)) + body


def change_token(kind: int, new: bytes, old: bytes) -> bytes:
    """An ENVCHANGE token: 1 database, 2 language, 4 packet size, 7 collation; values are length-prefixed already."""
    body = bytes([kind]) + new + old
    return b"\xe3" + struct.pack("<H", len(body)) + body


def database_change(new: str, old: str) -> bytes:
    """The token and the message that tell a client which database it is in."""
    told = message_token(5701, f"Changed database context to '{new}'.", severity=10, state=2)
    return change_token(1, _short(new), _short(old)) + told


def done_token(status: int, command: int = 0, rows: int = 0) -> bytes:
    """A DONE token; `rows` counts only with DONE_COUNT in `status`."""
    return b"\xfd" + struct.pack("<HHQ", status, command, rows)


def login_reply(database: str, packet_bytes: int, asked_bytes: int) -> bytes:
    """Everything that answers an accepted login."""
    acknowledged = b"\x01" + struct.pack(">I", TDS_7_4) + _short(PROGRAM_NAME)
    acknowledged += struct.pack(">BBH", *SERVER_VERSION[:3])
    return b"".join(
        (
            database_change(database, "master"),
            change_token(7, bytes([5]) + COLLATION_UTF8, b"\x00"),
            change_token(2, _short("us_english"), _short("")),
            message_token(5703, "Changed language setting to us_english.", severity=10),
            b"\xad" + struct.pack("<H", len(acknowledged)) + acknowledged,
            change_token(4, _short(str(packet_bytes)), _short(str(asked_bytes or DEFAULT_PACKET_BYTES))),
            done_token(0),
        )
    )


def column_metadata(columns: Iterable[tuple[str, bytes]]) -> bytes:
    """A COLMETADATA token.

    Args:
        columns: name and encoded type information of each column, in order.
    """
    listed = list(columns)
    out = bytearray(b"\x81" + struct.pack("<H", len(listed)))
    for name, type_info in listed:
        out += struct.pack("<IH", 0, 0x0001)  # user type 0; the column is nullable
        out += type_info
        out += _short(name)
    return bytes(out)
