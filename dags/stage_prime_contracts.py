"""# Prime contracts

Stages prime contracts and their schedules of values into `spectrum.prime_contracts` and
`spectrum.prime_contract_items`.

**What it moves.** Every contract and billing item, from Info-Link. Unit price contracts (I1) and second contracts of a
job (I2) are staged and marked not importable. A schedule of values that does not add up is a warning (I4).

**How often.** Daily, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time, for some jobs only if you name them.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Prime contract change orders need contracts that are up to date: let it succeed before you
export those.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.prime_contracts import OBJECT

dag = staging_dag(OBJECT, __doc__)
