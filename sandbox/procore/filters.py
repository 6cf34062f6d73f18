"""The filters of Procore's list actions (filtering-on-list-actions) as conditions on the stored records."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import sql
from starlette.datastructures import QueryParams

from sandbox.procore.answers import ApiError

_TIME_FILTERS = {"created_at": "created_at", "updated_at": "updated_at"}


def add_filters(
    query: QueryParams,
    filters: Mapping[str, str],
    conditions: list[sql.Composable],
    values: list[Any],
    *,
    any_case: bool = False,
) -> None:
    """Add the conditions of the filters that a call has.

    Args:
        query: of the call; filters that the endpoint does not have are ignored.
        filters: those of the endpoint: name in the query, and the column or attribute it looks at.
        conditions, values: what the records must meet so far; added to.
        any_case: whether capitals make no difference to origin ids.

    Raises:
        ApiError: 400 for a filter that cannot be read.
    """
    deleted = query.get("filters[include_deleted]") if "include_deleted" in filters else None
    if deleted != "with":
        conditions.append(sql.SQL("deleted_at IS NOT NULL" if deleted == "only" else "deleted_at IS NULL"))
    for name, column in filters.items():
        if name == "include_deleted" or not (wanted := _wanted(query, name)):
            continue
        if name in _TIME_FILTERS:
            begin, end = _range(name, wanted[0])
            conditions.append(
                sql.SQL("date_trunc('second', {}) BETWEEN %s AND %s").format(sql.Identifier(_TIME_FILTERS[name]))
            )
            values += [begin, end]
        elif column == "origin_id" and any_case:
            conditions.append(sql.SQL("lower(origin_id) = ANY(%s)"))
            values.append([each.lower() for each in wanted])
        elif column in {"id", "origin_id", "parent_id"}:
            conditions.append(sql.SQL("{}::text = ANY(%s)").format(sql.Identifier(column)))
            values.append(wanted)
        else:
            conditions.append(sql.SQL("fields->>{} = ANY(%s)").format(sql.Literal(column)))
            values.append(wanted)


def _wanted(query: QueryParams, name: str) -> list[str]:
    """The values of a filter, which may be repeated, a JSON array, or one value."""
    several = query.getlist(f"filters[{name}][]")
    one = query.get(f"filters[{name}]")
    if one is None or several:
        return several
    if one.startswith("["):
        try:
            return [str(value) for value in json.loads(one)]
        except json.JSONDecodeError:
            raise ApiError(400, f"filters[{name}] is no JSON array") from None
    return [one]


def _range(name: str, text: str) -> tuple[datetime, datetime]:
    begin, dots, end = text.strip('"').partition("...")
    try:
        if dots:
            first, last = datetime.fromisoformat(begin), datetime.fromisoformat(end)
            if first.tzinfo and last.tzinfo:
                return first, last
    except ValueError:
        pass
    raise ApiError(
        400, f"filters[{name}] is no range of ISO 8601 times, like 2026-01-31T16:30:00Z...2026-02-01T16:30:00Z"
    )
