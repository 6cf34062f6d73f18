"""# Publish marts

Brings the tables of the schema `marts` up to what is staged: costs by month and job, commitments, payables,
receivables, the WIP schedule of every month end and more. (`marts.freshness` is a view and always up to date.) What
they answer is in `docs/marts.md`.

**What it moves.** Nothing outside the warehouse. Per company, one transaction computes the rows of the jobs and months
that syncs have changed since the last time, as `sync` tells, and writes those that differ; readers see the old marts or
the new. The first run after a month was closed keeps how jobs stood then. `sync.marts` says how new they are.

**How often.** Whenever a sync has updated a staged table: Airflow starts it by the assets of those tables. One run
takes in everything that was published until it begins, so of runs that come close together the later ones find
nothing to do.

**When it fails.** The failed task's log ends with what is wrong and what to do; the marts are as they were, and the
next run takes in what this one missed. If a figure looks wrong, compare it with the staged rows (each can be added up
from them), then trigger this DAG with *full rebuild*; if that changes it, report it.

**May it be run again?** Always: trigger it or clear it, also while another run is at work; they wait for each other.
"""

from spectrum_etl.orchestration.marts_dag import marts_dag

dag = marts_dag(__doc__)
