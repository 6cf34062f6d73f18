"""# Verify staging

Once a day, compares every staged table with Spectrum: rows and the sum of every amount, from Info-Link and from the
warehouse, each by its own arithmetic. It uses neither fingerprints nor hashes nor times, so it would find what a
mistake in those hid.

**What it moves.** Nothing. Results are rows of `sync.checks` with the source `verify_staging`. A table that this site
does not show, of an object that is scheduled as `never`, is not compared.

**How often.** Daily, an hour after the time of day that the settings call daily, when few people post.

**When it fails.** The log names the table with Spectrum's figure and ours. Something posted since the last sync makes
them differ for a good reason: trigger that object's `stage_*` DAG, then this one. If they still differ, trigger the
object with *full refresh*, and report it.

**May it be run again?** Always, in Airflow's UI or by REST; it reads only.
"""

from spectrum_etl.orchestration.verify_dag import verify_dag

dag = verify_dag(__doc__)
