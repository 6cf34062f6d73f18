"""The DAG that ends links of exported records."""

from __future__ import annotations

from airflow.sdk import DAG, Param, get_current_context, task

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model import dag_ids
from spectrum_etl.model.run import clean_codes
from spectrum_etl.orchestration.by_hand_dag import by_hand_dag
from spectrum_etl.orchestration.dag_defaults import refuse_unknown_fields
from spectrum_etl.orchestration.grid import grid_name
from spectrum_etl.orchestration.rights import require_operator, started_by
from spectrum_etl.staging.configured import load_settings


def unlink_dag(doc: str | None) -> DAG:
    """Make the DAG.

    Args:
        doc: documentation for the operator: the DAG file's docstring.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    records = Param(
        [],
        type="array",
        items={"type": "string"},
        title="Records",
        description="Procore ids of the records, one a line, as export.links has them",
    )
    description = "Ends the links of exported records that are gone from Spectrum"
    with by_hand_dag(dag_ids.UNLINK_EXPORT, description, doc, {"records": records}) as dag:
        _tasks()
    return dag


def _tasks() -> None:
    @task
    def plan() -> list[str]:
        """The records of the trigger form, which only an operator's run may name."""
        context = get_current_context()
        refuse_unknown_fields(context)
        require_operator(context, load_settings(), "end links")
        records = list(clean_codes(context["params"]["records"]))
        if not records:
            raise FixConfiguration(
                "the form names nothing to unlink", field="records",
                remedy="give the Procore ids of the records, one a line, as export.links has them",
            )  # fmt: skip
        return records

    @task(pool="procore", map_index_template="{{ record_name }}")
    def unlink(record: str) -> str:
        """Verify that Spectrum no longer holds the record, then clear the link in Procore and in the warehouse."""
        from spectrum_etl.exports.objects.registry import linkable
        from spectrum_etl.exports.steps.unlink import unlink as unlink_record
        from spectrum_etl.exports.systems import systems_from_airflow

        context, settings = get_current_context(), load_settings()
        context["record_name"] = grid_name(record)  # type: ignore[typeddict-unknown-key]
        params = context["params"]
        # Here, too: what `plan` has said may be changed, and its state be set, by anyone who may trigger.
        require_operator(context, settings, "end links")
        by = started_by(context) or "unknown"
        with systems_from_airflow(params["company"], settings) as systems:
            return unlink_record(systems, linkable(params["object"]), record, by)

    unlink.expand(record=plan())
