"""# Vendors

Stages Spectrum's vendor master into `spectrum.vendors`.

**What it moves.** Every vendor, from Info-Link or by `GET /vendors` (`readers` in the settings). That service shows
active vendors only: with it, a vendor that disappears becomes inactive, not deleted. Tax ids and bank accounts are
never read (M9).

**How often.** Hourly, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are tried again by themselves. Nothing is ever half published: either this run's rows are there, or
those of the last good one. Exports of commitments compare with this table: let it succeed before you export.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag
from spectrum_etl.staging.objects.vendors import OBJECT

dag = staging_dag(OBJECT, __doc__)
