"""# Budgets and projections

Stages the budget of every job, phase and cost type into `spectrum.budgets`, and entered projections into
`spectrum.projections`.

**What it moves.** Original estimate, posted adjustments, approved change requests and the current estimate they add up
to, from Info-Link; with hours and quantities, which Procore does not take but analysts do (E3). Lines of 0 are budgets
too (E4). A projection is the sum of the increments that Spectrum books for it; where GetPhase is read, its figure
holds, and a warning counts those that differ. Amounts that no estimate takes (a change request whose status type does
not count, a change or adjustment whose codes no phase has to the letter) are warnings with their count and sum;
`estimate_change_types` in the settings says which types count.

**Until it succeeds,** budgets are those of the last sync; `sync.runs` says how old they are.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.budgets import OBJECT

dag = staging_dag(OBJECT, __doc__)
