"""M9: after everything has run, what nobody may read is in no table, no log, no file and no answer of the page."""

from __future__ import annotations

import pytest

from sandbox.data.never_read import VALUES
from stack.stage_runs import STAGE_DAGS
from tests import never_read
from tests.airflow_stack import COMPANIES, AirflowStack
from tests.page.test_page_on_airflow import Visitor

pytestmark = pytest.mark.airflow

#: DAGs that read what is staged, or Spectrum itself.
OTHERS = ("verify_staging", "publish_marts", "check_connections")
#: What is asked of the page: everything that shows rows, counts, messages or findings.
ROUTES = (
    "overview",
    "connections",
    "marts",
    "import/counts",
    "import/rejected",
    "import/checks",
    "import/drift",
    "export/counts",
    "export/queue",
    "jobs",
)


@pytest.mark.slow
def test_m9_what_nobody_may_read_is_nowhere(airflow_stack: AirflowStack, staged) -> None:
    held = airflow_stack.source('select count(*) from "JC_TRANSACTION_HISTORY_MC" where "PR_Pay_Amount1" = 0')
    assert held == [(0,)], "every posting of the source holds a wage"
    # All that other tests have run since is looked at, too; what none of them has, is run here.
    everything = set(staged) == set(STAGE_DAGS)  # verification fails over what was never staged
    wanted = [dag_id for dag_id in OTHERS if everything or dag_id != "verify_staging"]
    others = [dag_id for dag_id in wanted if not airflow_stack.api().runs(dag_id)]
    runs = [airflow_stack.trigger(dag_id) for dag_id in others]
    airflow_stack.wait([*runs, airflow_stack.trigger("export_vendors", dry_run=True)])
    texts = {}
    visitor = Visitor(airflow_stack, "ops")
    [(job, phase, cost_type)] = airflow_stack.ask(
        "select job_number, phase_code, cost_type from spectrum.job_cost_transactions where company_code = '1'"
        " group by 1, 2, 3 order by 1, 2, 3 limit 1"
    )
    code = {"job": job, "phase": phase, "cost_type": cost_type}
    for company in COMPANIES:
        for route in ROUTES:
            query = {"company": company} | (
                {"object": "vendors", "group": "waiting"} if route.startswith(("import", "export")) else {}
            )
            texts[f"{route} of {company}"] = str(visitor.get(route, **query))
    texts[f"job {job}"] = str(visitor.get("job", company="1", job=job))
    for route in ("transactions", "commitments", "budget-line"):
        texts[f"{route} {code}"] = str(visitor.get(route, company="1", **code))
    assert sum(map(len, texts.values())) > 10_000
    assert len(VALUES) > 10
    assert never_read.in_texts(texts) == []
    assert never_read.in_database(airflow_stack.warehouse_url) == []
    assert never_read.in_database(airflow_stack.airflow.database_url) == []
    assert never_read.in_files(airflow_stack.airflow.home) == []
