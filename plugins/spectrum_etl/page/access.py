"""Who may see and do what on the page.

Signing in and rights are Airflow's: its session or token says who asks, its auth manager what they may do. Whoever may
view a DAG sees what it moves; who may trigger it refreshes. Only the approvers of the settings answer approvals,
and Airflow compares the answer with the assigned users once more.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request, status

from spectrum_etl.staging.configured import load_settings

#: Sent by the page with everything it asks for that changes something: a form of another site cannot send it.
HEADER = "X-ERP-Integrations"

#: What a browser says of where a request comes from; absent where none asks. https://www.w3.org/TR/fetch-metadata/
_OWN_SITES = frozenset({None, "same-origin", "none"})


def refuse_other_sites(request: Request) -> None:
    """Refuse what another site makes a signed-in user's browser ask for.

    Raises:
        HTTPException: 403.
    """
    if request.headers.get("sec-fetch-site") not in _OWN_SITES or not _own_origin(request):
        raise HTTPException(
            status.HTTP_403_FORBIDDEN, "This request comes from another site. Open the page in Airflow."
        )
    if request.method not in ("GET", "HEAD") and request.headers.get(HEADER) != "1":
        raise HTTPException(
            status.HTTP_403_FORBIDDEN, f"A request that changes something needs the header {HEADER}: 1."
        )


def readable_dags(user: GetUserDep) -> frozenset[str]:
    """The ids of the DAGs that the user may view: what they move is what the user sees."""
    return frozenset(get_auth_manager().get_authorized_dag_ids(user=user))


def may_trigger(user: GetUserDep, dag_id: str) -> bool:
    """Whether the user may start runs of a DAG."""
    return get_auth_manager().is_authorized_dag(
        method="POST",
        access_entity=DagAccessEntity.RUN,
        details=DagDetails(id=dag_id, team_name=DagModel.get_team_name(dag_id)),
        user=user,
    )


def user_id(user: GetUserDep) -> str:
    """The user's id as approvals carry it: text, whatever the auth manager keeps."""
    return str(user.get_id())


def may_approve(user: GetUserDep) -> bool:
    """Whether the settings name the user as an accounting approver (A7).

    Raises:
        FixConfiguration: the settings cannot be read.
    """
    return load_settings().exports.may_approve(user_id(user))


def may_approve_imports(user: GetUserDep) -> bool:
    """Whether the settings name the user as an approver of imports into Procore.

    Raises:
        FixConfiguration: the settings cannot be read.
    """
    return user_id(user) in [approver.id for approver in load_settings().import_approvers]


def require_approver(user: GetUserDep) -> None:
    """Refuse who is no approver.

    Raises:
        HTTPException: 403, with what would have to be set.
    """
    if not may_approve(user):
        raise HTTPException(
            status.HTTP_403_FORBIDDEN,
            f"{user.get_name()} is not an accounting approver. Only those listed under exports.approvers in"
            " include/settings.yaml may accept or reject.",
        )


Readable = Annotated[frozenset[str], Depends(readable_dags)]
#: On every route, static files too: signed in, allowed to view DAGs, and not sent by another site.
LOOK = [Depends(refuse_other_sites), Depends(requires_access_dag("GET"))]
#: On the page itself, which holds no data and may be opened by a link from anywhere.
OPEN = [Depends(requires_access_dag("GET"))]


def _own_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return True
    own = {request.headers.get("host"), urlsplit(conf.get("api", "base_url", fallback="")).netloc}
    return urlsplit(origin).netloc in own - {None, ""}
