"""O2: turns at an Info-Link server are held by the warehouse; a process that ends in any way gives its own back."""

from __future__ import annotations

from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.turns import TURN_LOCK, turn


def test_o2_one_at_a_time_has_the_turn_of_a_server(database: str) -> None:
    with turn(database, "one server", 1, wait_seconds=0.1) as first:
        assert first
        with turn(database, "one server", 1, wait_seconds=0.1) as second:
            assert not second
        with turn(database, "another server", 1, wait_seconds=0.1) as elsewhere:
            assert elsewhere
    with turn(database, "one server", 1, wait_seconds=0.1) as afterwards:
        assert afterwards


def test_o2_as_many_as_the_settings_say(database: str) -> None:
    with (
        turn(database, "infolink", 2, wait_seconds=0.1) as first,
        turn(database, "infolink", 2, wait_seconds=0.1) as second,
    ):
        assert (first, second) == (True, True)
        with turn(database, "infolink", 2, wait_seconds=0.1) as third:
            assert not third


def test_o2_a_process_that_is_gone_has_given_its_turn_back(database: str) -> None:
    with turn(database, "infolink", 1, wait_seconds=0.1) as first, connect(database) as connection:
        assert first
        connection.execute(
            "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = %s", [TURN_LOCK]
        )
        with turn(database, "infolink", 1, wait_seconds=5) as second:
            assert second
