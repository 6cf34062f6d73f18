"""Addresses of the web page's places: a list, a record, the syncs of an object. For messages, questions and the page.

Airflow shows the page in a frame and lets its own address hold the frame's: behind the route of the plugin stand the
frame's path and what follows its `#`. So one address opens Airflow with the page at that place, also after signing in.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

from spectrum_etl.model.record import RecordId

#: The plugin's route in Airflow's UI, and where its page is mounted below Airflow's own address.
ROUTE = MOUNT = "erp-integrations"
#: Stands for the project of a record that belongs to the company, such as a vendor: a part of a path is never empty.
NO_PROJECT = "-"


def page_address(airflow_url: str, place: str = "overview") -> str:
    """The address that opens Airflow with the page at a place.

    Args:
        airflow_url: where Airflow's UI is, without a slash at its end; blank where Airflow does not know.
        place: as the other functions give it.

    Returns:
        Blank without `airflow_url`.
    """
    if not airflow_url:
        return ""
    below = urlsplit(airflow_url).path.rstrip("/")
    return f"{airflow_url}/plugin/{ROUTE}{below}/{MOUNT}/#/{place}"


def record_place(object_name: str, id: RecordId) -> str:
    """The place of one record of the exports, in whatever list it is."""
    parts = (object_name, id.company, id.project or NO_PROJECT, id.record)
    return "export/record/" + "/".join(quote(part, safe="") for part in parts)


def list_place(group: str, object_name: str | None = None, *, changed: bool = False) -> str:
    """The place of one list of the exports.

    Args:
        group: ready, waiting, sending, failed, synced or rejected.
        object_name: only records of this exportable object.
        changed: only records that were changed in Procore after their export.
    """
    narrowed = {"object": object_name, "changed": "1" if changed else None}
    query = urlencode({name: value for name, value in narrowed.items() if value})
    return f"export/{quote(group, safe='')}{'?' if query else ''}{query}"


def plan_place(group: str, object_name: str | None = None, *, run: str | None = None) -> str:
    """The place of one list of the plans into Procore.

    Args:
        group: decide, blocked, accepted, results, left-out or runs.
        object_name: only rows of this imported object.
        run: only rows that this Airflow run has written.
    """
    query = urlencode({name: value for name, value in {"object": object_name, "run": run}.items() if value})
    return f"into-procore/{quote(group, safe='')}{'?' if query else ''}{query}"


def object_place(object_name: str) -> str:
    """The place of an importable object's last syncs, table by table."""
    return f"overview/{quote(object_name, safe='')}"
