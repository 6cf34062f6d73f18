"""The task that asks an approver about one record and takes the answer.

A human-in-the-loop task of Airflow, which waits without holding a slot. Subject, body, form and who may answer are
filled in when it runs: from the record as it is then, and from the settings.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowSkipException, DownstreamTasksSkipped

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.display.form import (
    ACCEPT,
    NEEDED_TO_ACCEPT,
    OPTIONS,
    PATTERN_SAYS,
    REASON,
    REJECT,
    REQUIRED_TO_ACCEPT,
    RETRIEVE,
)
from spectrum_etl.exports.form_field import FormField
from spectrum_etl.model.places import page_address, record_place
from spectrum_etl.model.record import RecordId
from spectrum_etl.orchestration.address import airflow_url
from spectrum_etl.staging.configured import load_settings

#: The task that asks, in its group.
APPROVAL = "record.approve"
#: The task that sends, in its group.
SENDING = "record.send"
#: Of a task that waits for an answer: an execution timeout would end the wait, which has no end, and a retry would show
#: the old question.
WAITS_WITHOUT_END: Mapping[str, Any] = {"retries": 0, "execution_timeout": None}


class ApproveRecord(HITLOperator):
    """Ask about one record; write the answer to the ledger.

    It has no defaults and no timeout: nothing is ever accepted by itself. It is never retried, since Airflow would show
    the old question: what has to be asked again is asked by a new run.

    Args:
        object_name: exportable object.
        record: company, project, record and title, as `collect` returns them. Only where to look: what is asked, and
            what an answer allows, comes from Procore, Spectrum and the warehouse.
    """

    template_fields: Collection[str] = ("record",)

    def __init__(self, *, object_name: str, record: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(subject="A record to export", options=list(OPTIONS), **kwargs)
        self.object_name = object_name
        self.record = record

    def execute(self, context: Context) -> None:
        """Put the record before the approvers and wait."""
        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.steps.ask import NotAsked, ask
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.orchestration.export_tasks import ask_again, this_instance

        record, settings = self._id, load_settings()
        with systems_from_airflow(record.company, settings) as systems:
            asked = ask(systems, EXPORTS[self.object_name], record, this_instance(context))
        if isinstance(asked, NotAsked):
            self.log.info("nobody is asked: %s", asked.reason)
            if asked.ask_again:
                ask_again(context, record)
            if asked.goes_on:
                return
            raise AirflowSkipException(asked.reason)
        page = page_address(airflow_url(), record_place(self.object_name, record))
        linked = f"[Open it on the page ERP Integrations]({page})\n\n" if page else ""
        self.subject, self.body = asked.subject, linked + asked.body
        self.params = ParamsDict({field.name: _param(field) for field in asked.fields} | {REASON: _reason()})
        self.assigned_users = [{"id": user.id, "name": user.name} for user in settings.exports.approvers]
        super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Take the answer. What Airflow has checked of it is checked again, with the settings of this moment."""
        from spectrum_etl.exports.objects.registry import EXPORTS
        from spectrum_etl.exports.steps.answer import take
        from spectrum_etl.exports.systems import systems_from_airflow
        from spectrum_etl.orchestration.creators import notify_creators
        from spectrum_etl.orchestration.export_tasks import ask_again, this_instance

        if "error" in event:
            self.process_trigger_event_error(event)
        record, response = self._id, response_of(event)
        with systems_from_airflow(record.company, load_settings()) as systems:
            outcome = take(systems, EXPORTS[self.object_name], record, this_instance(context), response)
        self.log.info("%s by %s: %s. %s", response.decision, response.user_id, outcome.state, outcome.reason)
        if outcome.ask_again:
            ask_again(context, record)
        if outcome.state == "rejected":
            ti = context["ti"]
            notify_creators(self.object_name, ti.dag_id, ti.run_id, ti.map_index)
        if outcome.state != "sending":
            raise DownstreamTasksSkipped(tasks=[(name, context["ti"].map_index) for name in self.downstream_task_ids])
        return outcome.state

    @property
    def _id(self) -> RecordId:
        return RecordId(self.record["company"], self.record["project"], self.record["record"])


def response_of(event: Mapping[str, Any]) -> Any:
    """An answer as Airflow's API server recorded it.

    Returns:
        A `ledger.Response`.

    Raises:
        StopSync: it does not hold exactly one of the options.
    """
    from spectrum_etl.exports.records.ledger import Decision, Response

    decisions: dict[str, Decision] = {ACCEPT: "accept", REJECT: "reject", RETRIEVE: "retrieve"}
    chosen, user_id, name = chosen_option(event, OPTIONS)
    answers = {field: "" if value is None else str(value) for field, value in (event["params_input"] or {}).items()}
    return Response(decisions[chosen], answers, user_id, name, event["responded_at"])


def chosen_option(event: Mapping[str, Any], options: Collection[str]) -> tuple[str, str, str]:
    """The chosen option of an answer, with user id and name of who gave it; blank where nobody is named.

    Raises:
        StopSync: it does not hold exactly one of the options.
    """
    chosen = event["chosen_options"]
    if len(chosen) != 1 or chosen[0] not in options:
        raise StopSync(
            "the answer is not exactly one of the options", value=str(chosen), limit=", ".join(options),
            remedy="nothing was sent; trigger the DAG again to be asked again",
        )  # fmt: skip
    user = event.get("responded_by_user") or {}
    return chosen[0], str(user.get("id") or ""), str(user.get("name") or "")


def _param(field: FormField) -> Param:
    """A form field. It may be left empty as far as Airflow is concerned: a rejection needs none of them."""
    limits: dict[str, Any] = {"maxLength": field.max_length} if field.max_length is not None else {}
    if field.pattern:
        limits |= {"pattern": f"^({field.pattern})$", PATTERN_SAYS: field.pattern_says}
    if field.choices:
        limits = {"enum": [*field.choices, None] if field.proposal in field.choices else [None, *field.choices]}
    if field.required:
        limits[REQUIRED_TO_ACCEPT] = True
    return Param(
        field.proposal or None,
        type=["null", "string"],
        title=field.title,
        description=f"{field.description} {NEEDED_TO_ACCEPT}" if field.required else field.description,
        **limits,
    )


def _reason() -> Param:
    return Param(
        None, type=["null", "string"], title="Reason", description="Why it is rejected. Required to reject.",
        maxLength=1000,
    )  # fmt: skip
