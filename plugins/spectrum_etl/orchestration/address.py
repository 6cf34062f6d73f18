"""Where Airflow's own pages are, for links in messages."""

from __future__ import annotations


def airflow_url() -> str:
    """The address of Airflow's UI without a slash at its end; blank where Airflow does not know (`[api] base_url`)."""
    from airflow.sdk.configuration import conf

    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
