"""# Subcontracts

Stages subcontracts, their lines and their change orders into `spectrum.subcontracts`, `spectrum.subcontract_items` and
`spectrum.subcontract_changes`.

**What it moves.** Every subcontract with its original amounts by phase and cost type, and every change of it with its
status, from Info-Link. `marts.job_cost_summary.committed_cost` is made of them: lines of subcontracts that are not
inactive, and executed changes. Nothing of it goes to Procore (A6).

**How often.** Every 4 hours, unless `schedules` in `include/settings.yaml` or the Airflow Variable
`spectrum_schedules` says otherwise. It can be triggered at any time, for some jobs only if you name them.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Where Info-Link does not show these tables, allow them, or set the schedule to `never`:
nothing else needs them, and committed costs then stay unknown.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.subcontracts import OBJECT

dag = staging_dag(OBJECT, __doc__)
