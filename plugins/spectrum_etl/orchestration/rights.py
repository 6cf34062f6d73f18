"""Who may start what Airflow lets every user start.

Airflow's rights are those of a role over all DAGs: anyone who may answer an approval (role User) may trigger every one.
So the few tasks that no sync and no approver needs look who started their run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import Settings


def started_by(context: Mapping[str, Any]) -> str | None:
    """The user who started the run of a task, as Airflow's auth manager names them; None where nobody did.

    Args:
        context: of the task. From the command line it is the operating system's user.
    """
    return getattr(context["dag_run"], "triggering_user_name", None) or None


def require_operator(context: Mapping[str, Any], settings: Settings, what: str) -> None:
    """Refuse what only the settings' `operators` may start.

    Args:
        context: of the task.
        settings: name the operators.
        what: what the run would do, such as `end links`.

    Raises:
        FixConfiguration: the run was started by somebody else, or by nobody.
    """
    user = started_by(context)
    if user in settings.operators:
        return
    raise FixConfiguration(
        f"a run that was started by {user or 'nobody'} may not {what}",
        field="operators",
        limit=", ".join(settings.operators) or "nobody",
        remedy="let one of these start it, or add the name of the user to operators in include/settings.yaml",
    )
