"""Airflow connections by their id, or why there is none.

A connection that is missing and an API server that does not answer end in the same exception of Airflow's. The one
needs a person, the other passes by itself, so they are told apart by asking the API server something else.
"""

from __future__ import annotations

import os
from typing import Any

from spectrum_etl.errors import FixConfiguration, RetryLater


def airflow_connection(conn_id: str) -> Any:
    """An Airflow connection.

    Args:
        conn_id: its id.

    Raises:
        FixConfiguration: there is none of that name, or the task may not read it.
        RetryLater: Airflow's API server did not answer.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import (
        AirflowNotFoundException,
        AirflowRuntimeError,
        AirflowSecretsBackendAccessDenied,
    )

    missing = (AirflowNotFoundException, AirflowRuntimeError)
    try:
        try:
            return BaseHook.get_connection(conn_id)
        except missing:
            _require_answer(conn_id)
            return BaseHook.get_connection(conn_id)
    except missing as error:
        raise FixConfiguration(
            f"there is no Airflow connection {conn_id!r}",
            remedy="create it as docs/setup.md says (7. Connections), or name another one in include/settings.yaml",
            connection=conn_id,
        ) from error
    except AirflowSecretsBackendAccessDenied as error:
        raise FixConfiguration(
            f"Airflow does not let this task read the connection {conn_id!r}",
            remedy="allow it in Airflow's auth manager or secrets backend: connections of a team serve its DAGs only",
            connection=conn_id,
        ) from error


def outside_of_tasks() -> None:
    """Say that this process is no task, before it asks for connections: those of Airflow's database are found then.

    Outside of tasks Airflow looks into environment variables and secrets backends only, unless a process says that it
    belongs to its servers.
    """
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")


def _require_answer(conn_id: str) -> None:
    """Ask Airflow's API server whether this very run exists; outside of a task there is nobody to ask.

    Raises:
        RetryLater: it does not answer.
    """
    from airflow.sdk import get_current_context

    try:
        instance = get_current_context()["ti"]
    except RuntimeError:  # the page: there connections come from Airflow's database
        return
    try:
        instance.get_dagrun_state(instance.dag_id, instance.run_id)
    except Exception as error:  # whatever hinders it would have hindered the look at the connection
        raise RetryLater(
            f"Airflow's API server did not answer when it was asked for the connection {conn_id!r}",
            remedy="the task is retried automatically; if it keeps failing, look at the API server's log and load",
        ) from error
