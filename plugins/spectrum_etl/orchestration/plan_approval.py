"""The task that asks about a plan as a whole, in Airflow's Required Actions, and takes the answer.

It shares with the question about a record to export how Airflow is asked and answered; what is asked is the plan's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import DownstreamTasksSkipped

from spectrum_etl.orchestration.approval import chosen_option
from spectrum_etl.staging.configured import load_settings

ACCEPT_ALL, EXACT_NAMES, NOT_NOW = OPTIONS = ("Accept", "Link exact names only", "Not now")


class ApprovePlan(HITLOperator):
    """Ask about the rows of a plan that can be accepted; record the answer.

    It has no defaults and no timeout, and is never retried, as the question about a record. Where another task instance
    waits for an answer about the same plan, or nothing can be accepted, nobody is asked.

    Args:
        object_name: object that is imported; blank: the one that the trigger form names.
        company: company and name, as `plan` returns them. Only where to look.
        undo: ask about what is to be undone, else about everything but that.
    """

    template_fields: Collection[str] = ("company",)

    def __init__(self, *, object_name: str, company: Mapping[str, str], undo: bool = False, **kwargs: Any) -> None:
        options = [ACCEPT_ALL, NOT_NOW] if undo else list(OPTIONS)
        super().__init__(subject="A plan of what would be changed in Procore", options=options, **kwargs)
        self.object_name, self.undo = object_name, undo
        self.company = company

    def execute(self, context: Context) -> None:
        """Put the plan before the approvers and wait."""
        from spectrum_etl.imports.steps.question import ask
        from spectrum_etl.imports.systems import systems_from_airflow
        from spectrum_etl.model.run import Run
        from spectrum_etl.orchestration.export_tasks import TaskStates, this_instance

        settings, obj, this = load_settings(), self._object(context), this_instance(context)
        with systems_from_airflow(self.company["company"], settings, Run(this.dag_id, this.run_id)) as systems:
            states = TaskStates(context)
            waits = states.any_waits if self.undo else states.still_waits
            undoes = context["params"]["run_id"].strip() if self.undo else None
            question = ask(systems, obj, this, waits, undoes=undoes)
        if question is None:
            self.log.info("nobody is asked: nothing waits for an answer, or somebody is asked already")
            return
        self.subject, self.body = question.subject, question.body
        self.assigned_users = [{"id": user.id, "name": user.name} for user in settings.import_approvers]
        super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the answer. Who may answer is checked again, with the settings of this moment."""
        from spectrum_etl.imports.steps.accept import Decider, accept_asked, accept_exact_names
        from spectrum_etl.imports.steps.question import close_question
        from spectrum_etl.imports.systems import systems_from_airflow
        from spectrum_etl.model.run import Run
        from spectrum_etl.orchestration.export_tasks import this_instance

        if "error" in event:
            self.process_trigger_event_error(event)
        chosen, user_id, name = chosen_option(event, self.options)
        obj, this = self._object(context), this_instance(context)
        run = Run(this.dag_id, this.run_id)
        with systems_from_airflow(self.company["company"], load_settings(), run) as systems:
            by = Decider(user_id, name)
            close_question(systems, obj, this, declined=chosen == NOT_NOW)
            if chosen == NOT_NOW:
                raise DownstreamTasksSkipped(
                    tasks=[(name, context["ti"].map_index) for name in self.downstream_task_ids]
                )
            accepted = (accept_asked if chosen == ACCEPT_ALL else accept_exact_names)(systems, obj, by)
        self.log.info("%s by %s: %s rows accepted", chosen, user_id, accepted)
        return accepted

    def _object(self, context: Context) -> Any:
        from spectrum_etl.imports.objects import IMPORTS

        return IMPORTS[self.object_name or context["params"]["object"]]
