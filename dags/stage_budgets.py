"""# Budgets and projections

Stages the budget of every job, phase and cost type into `spectrum.budgets`, and entered projections into
`spectrum.projections`.

**What it moves.** Original estimate, posted adjustments, approved change requests and the current estimate they add up
to, from Info-Link; with hours and quantities, which Procore does not take but analysts do (E3). Lines of 0 are budgets
too (E4). A projection is the sum of the increments that Spectrum books for it; where GetPhase is read, its figure
holds, and a warning counts those that differ. Amounts that no estimate takes (a change request whose status type does
not count, a change or adjustment whose codes no phase has to the letter) are warnings with their count and sum;
`estimate_change_types` in the settings says which types count.

**How often.** Every 4 hours, unless `schedules` in `include/settings.yaml` or the Airflow Variable
`spectrum_schedules` says otherwise. It can be triggered at any time, for some jobs only if you name them.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Until it succeeds, budgets are those of the last sync; `sync.runs` tells how old they are.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.staging.dag import staging_dag
from spectrum_etl.staging.objects.budgets import OBJECT

dag = staging_dag(OBJECT, __doc__)
