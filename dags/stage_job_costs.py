"""# Job costs

Stages every posted job cost transaction into `spectrum.job_cost_transactions`, and job-to-date totals into
`spectrum.job_cost_totals`.

**What it moves.** One query at the source fingerprints every job and month; only those that differ from what was
published last are copied, so late, back-dated, edited and deleted postings are found without any modified date. A
month that changes while it is copied waits for the next run (`deferred_rows` in `sync.runs`). Of a long history the
fingerprints are asked for by years, and other syncs get Info-Link in between: `land` is then *up for reschedule*, and
continues by itself. Totals come from GetPhase or are summed from the transactions (`readers` in the settings); those of
GetPhase are reconciled with the transactions (K1).

**For single months** use Backfill on `backfill_job_costs`. Whatever one run misses the next one finds: fingerprints
remember what was published, not what was tried.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.job_costs import OBJECT

dag = staging_dag(OBJECT, __doc__)
