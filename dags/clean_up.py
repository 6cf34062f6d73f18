"""# Clean up

Removes from the warehouse what nobody needs any more: landing tables that a killed run left behind, rejected rows and
differences that were resolved long ago, old check results, and the history of old syncs. `retention` in
`include/settings.yaml` says after how many days.

**What it moves.** Nothing of Spectrum. Staged tables, their history, the marts and everything about exports are never
touched, nor is what is current, however old: the last sync of each table, rows that are still rejected, differences
that still exist. (Airflow's own history is cleaned by `airflow db clean`.)

**How often.** Daily, three hours after the time of day that the settings call daily. By hand only for the
users in `operators` of the settings.

**When it fails.** The task's log ends with what is wrong and what to do. Nothing is lost by it; the next run removes
what this one did not.

**May it be run again?** Always; a second run finds nothing to remove.
"""

from spectrum_etl.orchestration.retention_dag import clean_up_dag

dag = clean_up_dag(__doc__)
