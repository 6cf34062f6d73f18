# ruff: noqa: S608 - the tests write T-SQL from their own constants
"""Functions whose results must be SQL Server's to the byte. The digests are computed by hashlib, independently."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

Ask = Callable[[str], list[tuple]]


@pytest.mark.parametrize("text", ["", "abc", "Müller €", "x" * 300])
@pytest.mark.parametrize(("name", "algorithm"), [("SHA2_256", "sha256"), ("SHA1", "sha1"), ("MD5", "md5")])
def test_hashbytes_of_varchar_hashes_utf8_and_of_nvarchar_utf16(ask: Ask, text: str, name: str, algorithm: str) -> None:
    short, wide = f"CAST('{text}' AS varchar(400))", f"CAST(N'{text}' AS nvarchar(400))"
    row = ask(f"SELECT HASHBYTES('{name}', {short}), HASHBYTES('{name}', {wide})")[0]
    assert row[0] == hashlib.new(algorithm, text.encode()).digest()
    assert row[1] == hashlib.new(algorithm, text.encode("utf-16-le")).digest()


def test_a_hash_prefix_as_bigint_is_big_endian_and_signed(ask: Ask) -> None:
    """The fingerprint's checksum (design, section 4): 8 bytes of SHA-256 as a signed number, summed exactly."""
    texts = ["a", "b", "c", "d"]
    numbers = [int.from_bytes(hashlib.sha256(t.encode()).digest()[:8], "big", signed=True) for t in texts]
    assert min(numbers) < 0
    values = ", ".join(f"('{t}')" for t in texts)
    piece = "CAST(SUBSTRING(HASHBYTES('SHA2_256', v.t), 1, 8) AS bigint)"
    assert ask(f"SELECT {piece} FROM (VALUES {values}) AS v(t)") == [(n,) for n in numbers]
    assert ask(f"SELECT SUM(CAST({piece} AS decimal(38,0))) FROM (VALUES {values}) AS v(t)") == [(sum(numbers),)]
    doubled = f"SELECT SUM(CAST({piece} AS decimal(38,0))) FROM (VALUES ('a'), ('a')) AS v(t)"
    assert ask(doubled) == [(2 * numbers[0],)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("CAST(CAST(CAST(-2 AS bigint) AS binary(8)) AS bigint)", -2),
        ("CAST(CAST(-2 AS binary(8)) AS bigint)", 0xFFFFFFFE),
        ("CONVERT(bigint, CONVERT(binary(8), 258))", 258),
        ("CAST(0x00000000000001FF AS bigint)", 511),
        ("CAST(0xFF00000000000001FF AS bigint)", 511),
        ("CAST('ab' AS binary(4))", b"ab\0\0"),
        ("CONVERT(varchar(64), HASHBYTES('MD5', ''), 2)", "D41D8CD98F00B204E9800998ECF8427E"),
        ("CONVERT(varchar(10), CAST('2026-09-03 14:05:06' AS datetime), 23)", "2026-09-03"),
        ("CONVERT(varchar(10), CAST('2026-09-03 14:05:06' AS datetime), 101)", "09/03/2026"),
        ("CONVERT(varchar(8), CAST('20260903' AS datetime), 112)", "20260903"),
        ("CONVERT(varchar(19), CAST('2026-09-03 14:05:06' AS datetime), 120)", "2026-09-03 14:05:06"),
        ("CONVERT(varchar(30), CAST('2026-09-03 14:05:06' AS datetime), 121)", "2026-09-03 14:05:06.000"),
        ("CONVERT(varchar(30), CAST('2026-09-03 14:05:06' AS datetime), 126)", "2026-09-03T14:05:06"),
        ("CONVERT(varchar(30), CAST('2026-09-03 14:05:06.250' AS datetime), 126)", "2026-09-03T14:05:06.250"),
        ("CAST(CAST('2026-09-03 04:05:06' AS datetime) AS varchar(20))", "Sep  3 2026  4:05AM"),
        ("CAST(CAST(-0.5 AS decimal(14,2)) AS varchar(40))", "-0.50"),
        ("CAST(CAST('1.005' AS decimal(14,2)) AS varchar(40))", "1.01"),
        ("CAST(1234 AS varchar(10))", "1234"),
        ("TRY_CONVERT(int, 'x')", None),
        ("TRY_CAST('1e5' AS decimal(14,2))", None),
        ("TRY_CAST('NaN' AS decimal(14,2))", None),
        ("TRY_CAST('999' AS decimal(4,2))", None),
        ("TRY_CAST(' 12.50 ' AS decimal(14,2))", Decimal("12.50")),
        ("TRY_CAST('20260230' AS datetime)", None),
        ("TRY_CAST('3000000000' AS int)", None),
        ("CAST('2026-09-03' AS date)", date(2026, 9, 3)),
        ("CAST('2026-09-03 14:05:06.123' AS datetime)", datetime(2026, 9, 3, 14, 5, 6, 123000)),  # noqa: DTZ001
        ("LEN('ab  ')", 2),
        ("LEN('  ab')", 4),
        ("DATALENGTH(N'ab')", 4),
        ("LEFT('abc', 2) + RIGHT('abc', 1)", "abc"),
        ("'a' + NULL", None),
        ("CONCAT('a', NULL, 1, CHAR(31))", "a1\x1f"),
        ("CONCAT_WS('-', 'a', NULL, 'b')", "a-b"),
        ("REPLICATE('ab', 2) + SPACE(1) + UPPER('é') + LOWER('É')", "abab Éé"),
        ("REPLACE('a-b', '-', '')", "ab"),
        ("SUBSTRING('abcdef', 2, 3)", "bcd"),
        ("TRIM('  a ') + LTRIM('  b') + RTRIM('c  ')", "abc"),
        ("IIF(1 = 2, 'x', 'yy')", "yy"),
        ("ISNULL(NULL, 'x')", "x"),
        ("NULLIF('A ', 'a')", None),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("CAST(1 AS decimal(5,2)) / 3", Decimal("0.333333")),
        ("N'日本 😀'", "日本 😀"),
        ("CAST(N'日本 😀' AS nvarchar(max))", "日本 😀"),
        ("CAST('Ü' AS varchar(10))", "Ü"),
        ("CAST(NULL AS varchar(5))", None),
        ("CAST(-79228162514264337593543950336.25 AS decimal(38,2))", Decimal("-79228162514264337593543950336.25")),
    ],
)
def test_expressions(ask: Ask, expression: str, expected: object) -> None:
    assert ask(f"SELECT {expression}")[0][0] == expected


def test_unlike_types_come_in_their_order(ask: Ask) -> None:
    row = ask("SELECT TOP 1 * FROM jc_cost ORDER BY Tran_Amount DESC")[0]
    expected = ("  1", "      J-2", "  M", Decimal("100.00"), "20261001", None, datetime(2026, 9, 3, 14, 5, 6), 7)  # noqa: DTZ001
    assert row == expected
