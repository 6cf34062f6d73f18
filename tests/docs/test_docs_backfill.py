"""The windows of docs/running.md's backfills hold every month that they name, whatever zone Airflow is set to."""

import re

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from documents import PAGES, ROOT

SECTION = PAGES["docs/running.md"].partition("## Backfill")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def dag():
    bag = DagBag(str(ROOT / "dags/backfill_job_costs.py"))
    return DagSerialization.from_dict(DagSerialization.to_dict(bag.dags["backfill_job_costs"]))


@pytest.mark.parametrize("zone", ["UTC", "America/Denver", "Europe/Berlin"])
@pytest.mark.parametrize("how", ["command line", "REST"])
def test_first_and_last_month_are_taken_in_every_zone(dag, zone, how):
    """Airflow reads a date without an offset in `default_timezone`, and compares moments."""
    pattern = r"--(from|to)-date (\S+)" if how == "command line" else r'"(from|to)_date": "(\S+?)"'
    given = dict(re.findall(pattern, SECTION))
    window = [pendulum.parse(given[name], tz=zone) for name in ("from", "to")]
    months = [info.data_interval.start.strftime("%Y-%m") for info in dag.iter_dagrun_infos_between(*window)]
    assert (months[0], months[-1]) == (given["from"][:7], given["to"][:7])
    assert len(months) == 48, "four years, as the page says"
