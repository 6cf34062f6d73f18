"""# Backfill of job costs

Stages job cost transactions month by month again: one run a calendar month, the month of the run's data interval. For
Airflow's own Backfill (on this DAG's page, `airflow backfill create`, or REST), for the companies and jobs of the form.
A single run can name its months in the form instead.

**What it moves.** The transactions of the month, whatever their fingerprints say; only rows that differ are written,
and nothing outside the month, the companies and the jobs is touched. Job-to-date totals that are summed from the
transactions follow; those of GetPhase are `stage_job_costs`' own, and so are transactions with a blank or invalid date,
which belong to no month.

**How often.** On its own it repeats the month that has just ended, on the first of each month. Everything else is a
backfill that somebody starts, and that says how many months run at once. Its dates are first days of months at midnight
in UTC, first and last month included; in another zone one of the two is left out.

**When it fails.** The failed task's log ends with what is wrong and what to do. An interrupted backfill may be started
again, with *missing runs* or *all runs*: a month that is staged twice ends the same.

**May it be run again?** Always, also beside `stage_job_costs`: the later reading of a month wins.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from airflow.sdk import CronDataIntervalTimetable

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.job_costs import OBJECT

dag = staging_dag(
    OBJECT,
    __doc__,
    dag_id="backfill_job_costs",
    schedule=CronDataIntervalTimetable("0 0 1 * *", timezone="UTC"),
    months_of_interval=True,
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo("UTC")),
    max_active_runs=4,
)
