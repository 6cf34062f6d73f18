"""# Standard cost codes and cost types

Stages Spectrum's standard phases and cost types into `spectrum.standard_cost_codes` and `spectrum.standard_cost_types`.

**What it moves.** Every phase of every phase category, read from Info-Link. `importable` marks the one category that
the settings name (`phase_category`): Procore gets exactly one list, "Spectrum Standard Cost Codes" (A2, B1).

**How often.** Daily, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. The codes rarely change: a day without this sync does no harm.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.standard_cost_codes import OBJECT

dag = staging_dag(OBJECT, __doc__)
