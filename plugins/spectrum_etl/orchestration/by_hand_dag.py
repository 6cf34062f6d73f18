"""What the two DAGs that a person works on links with have in common."""

from __future__ import annotations

from airflow.sdk import DAG, Param

from spectrum_etl.exports.objects.registry import LINKABLE_NAMES
from spectrum_etl.orchestration.dag_defaults import make_dag
from spectrum_etl.orchestration.export_dag import TAGS
from spectrum_etl.staging.configured import load_settings


def by_hand_dag(dag_id: str, description: str, doc: str | None, params: dict[str, Param]) -> DAG:
    """A DAG that is only triggered, one run at a time, for one object of one company; tasks are added by the caller.

    Args:
        dag_id: its name.
        description: in a sentence.
        doc: documentation for the operator: the DAG file's docstring.
        params: of its form, beside object and company.

    Raises:
        FixConfiguration: the settings hold something that is not allowed.
    """
    settings = load_settings()
    codes = [company.code for company in settings.companies]
    return make_dag(
        dag_id,
        description,
        doc,
        settings,
        tags=TAGS,
        params={
            "object": Param(LINKABLE_NAMES[0], type="string", enum=list(LINKABLE_NAMES), title="Object"),
            "company": Param(codes[0], type="string", enum=codes, title="Company", description="Spectrum company code"),
            **params,
        },
        succeeded=None,
    )
