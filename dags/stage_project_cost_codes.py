"""# Project cost codes and cost types

Stages the phases and cost types of every job into `spectrum.project_cost_codes`.

**What it moves.** One row a job, phase and cost type, by the web service GetPhaseEnhanced (two calls a job, three at a
time) or from Info-Link (`readers` in the settings). The description belongs to the phase (B2).

**How often.** Every 4 hours, unless `schedules` in `include/settings.yaml` or the Airflow Variable
`spectrum_schedules` says otherwise. It can be triggered at any time, for some jobs only if you name them.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Costs and budgets warn about unknown phases until this one has succeeded; nothing is lost.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.project_cost_codes import OBJECT

dag = staging_dag(OBJECT, __doc__)
