"""# Jobs

Stages Spectrum's job master into `spectrum.jobs`.

**What it moves.** Every job, complete ones included, by the web services GetJob, GetJobMain and GetJobDates or from
Info-Link (`readers` in the settings). Sub jobs are staged with their master job and marked not importable (B3).

**How often.** Hourly, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time, for some jobs only if you name them.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Other objects warn about unknown jobs until this one has succeeded; nothing is lost.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.jobs import OBJECT

dag = staging_dag(OBJECT, __doc__)
