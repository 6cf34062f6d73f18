"""A stand-in Spectrum's tables, emptied between tests: made again only where a test has changed more than rows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import starmap
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from sandbox.data import schema
from sandbox.data.written import forget_written

#: Every statement that changes a relation, a column, a key, a view, a trigger or a function of the database leaves
#: another row or a later transaction in one of these.
_SHAPE: LiteralString = """
    with own as (
        select oid from pg_namespace where nspname <> 'information_schema' and nspname not like 'pg\\_%'
    )
    select
        (select sum(hashtextextended(format('%s %s %s', oid, relname, relowner), 0)) from pg_class
            where relnamespace in (table own)),
        (select array[count(*), sum(xmin::text::bigint)] from pg_attribute where attrelid >= 16384 and attnum > 0),
        (select array[count(*), sum(xmin::text::bigint)] from pg_attrdef),
        (select array[count(*), sum(xmin::text::bigint)] from pg_index where indexrelid >= 16384),
        (select array[count(*), sum(xmin::text::bigint)] from pg_constraint where oid >= 16384),
        (select array[count(*), sum(xmin::text::bigint)] from pg_rewrite where oid >= 16384),
        (select array[count(*), sum(xmin::text::bigint)] from pg_trigger where oid >= 16384),
        (select array[count(*), sum(xmin::text::bigint)] from pg_proc where oid >= 16384),
        (select array[count(*), sum(xmin::text::bigint)] from pg_statistic_ext),
        (select array[count(*), sum(xmin::text::bigint)] from pg_policy),
        (select array[count(*), sum(xmin::text::bigint)] from pg_namespace)
"""
#: The tables, each with the sequence that numbers its rows, if there is one.
_TABLES: LiteralString = """
    select n.nspname, c.relname, d.objid::regclass::text
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    left join pg_depend as d on d.refobjid = c.oid and d.deptype = 'i' and d.classid = 'pg_class'::regclass
      and d.objid in (select oid from pg_class where relkind = 'S')
    where (n.nspname = 'dbo' or (n.nspname, c.relname) = ('sandbox', 'state')) and c.relkind = 'r'
"""


class Emptied:
    """Empties the tables of one stand-in database.

    Args:
        connection: the database, in autocommit.
        prepare: what is done to tables that were just made.
    """

    def __init__(self, connection: psycopg.Connection, prepare: Callable[[psycopg.Connection], Any]) -> None:
        self._connection = connection
        self._prepare = prepare
        self._shape: tuple[Any, ...] | None = None
        self._used = sql.Composed([])

    def empty(self) -> None:
        """Leave every table as it is made, without a row."""
        if self._shape is None or self._shape != self._now():
            schema.create(self._connection, recreate=True)
            self._prepare(self._connection)
            tables = self._connection.execute(_TABLES).fetchall()
            self._shape, self._used = self._now(), sql.SQL(" union all ").join(starmap(_used, tables))
            return
        forget_written(self._connection)
        if used := [sql.Identifier(*name) for (name,) in self._connection.execute(self._used)]:
            self._connection.execute(sql.SQL("truncate {} restart identity").format(sql.SQL(", ").join(used)))

    def _now(self) -> tuple[Any, ...]:
        row = self._connection.execute(_SHAPE).fetchone()
        assert row is not None
        return row


def _used(schema_name: str, table: str, sequence: str | None) -> sql.Composed:
    """Gives the table's name where it holds a row, or has numbered one that is gone."""
    relation = sql.Identifier(schema_name, table)
    query = sql.SQL("select array[{}, {}] where exists (select from {})").format(schema_name, table, relation)
    if sequence is None:
        return query
    return sql.SQL("{} or pg_sequence_last_value({}) is not null").format(query, sequence)
