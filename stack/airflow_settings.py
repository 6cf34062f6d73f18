"""Reads `airflow_settings.yaml` (the Astro CLI's format) and applies it over REST."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from stack.airflow_api import AirflowApi
from stack.errors import StackError

# The Astro CLI's key for each field of Airflow's API.
_CONNECTION = {
    "connection_id": "conn_id",
    "conn_type": "conn_type",
    "host": "conn_host",
    "schema": "conn_schema",
    "login": "conn_login",
    "password": "conn_password",
    "port": "conn_port",
    "extra": "conn_extra",
}
_POOL = {"name": "pool_name", "slots": "pool_slot", "description": "pool_description"}
_VARIABLE = {"key": "variable_name", "value": "variable_value"}


def apply_settings(api: AirflowApi, path: Path, replaced: Mapping[str, Mapping[str, Any]]) -> None:
    """Create the file's connections, pools and variables in Airflow.

    Connections are overwritten, since addresses change from start to start; pools and variables that are there
    already keep what somebody has set in the UI.

    Args:
        api: an admin's client.
        path: the settings file.
        replaced: per connection id, the fields (as Airflow's API names them) that differ from the file.

    Raises:
        StackError: the file lacks a connection that is to be replaced, or Airflow refuses an entry.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))["airflow"]
    connections = [_entity(entry, _CONNECTION) for entry in content["connections"]]
    known = {connection["connection_id"] for connection in connections}
    if missing := replaced.keys() - known:
        raise StackError(f"{path} has no connection {', '.join(sorted(missing))}: restore it from git")
    merged = [_with_text_extra({**entry, **replaced.get(entry["connection_id"], {})}) for entry in connections]
    api.put("connections", merged)
    api.put("pools", [_entity(entry, _POOL) for entry in content["pools"]], keep_existing=True)
    api.put("variables", [_entity(entry, _VARIABLE) for entry in content["variables"]], keep_existing=True)


def _entity(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {ours: entry[theirs] for ours, theirs in names.items() if entry.get(theirs) is not None}


def _with_text_extra(connection: dict[str, Any]) -> dict[str, Any]:
    extra = connection.get("extra")
    return {**connection, "extra": json.dumps(extra)} if isinstance(extra, dict) else connection
