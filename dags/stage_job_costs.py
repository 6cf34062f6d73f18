"""# Job costs

Stages every posted job cost transaction into `spectrum.job_cost_transactions`, and job-to-date totals into
`spectrum.job_cost_totals`.

**What it moves.** One query at the source fingerprints every job and month; only those that differ from what was
published last are copied, so late, back-dated, edited and deleted postings are found without any modified date. A
month that changes while it is copied waits for the next run (`deferred_rows` in `sync.runs`). Totals come from
GetPhase or are summed from the transactions (`readers` in the settings); those of GetPhase are reconciled with the
transactions (K1).

**How often.** Hourly, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time, for some jobs only if you name them. *Full refresh* copies everything again
and still writes only what differs. For single months use Backfill on `backfill_job_costs`.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. The next run finds whatever this one missed: fingerprints remember what was published, not
what was tried.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.job_costs import OBJECT

dag = staging_dag(OBJECT, __doc__)
