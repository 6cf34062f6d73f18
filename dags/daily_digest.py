"""# Daily digest

Once a day, reports to the operators what waits for a person: records that an approver has to answer, that cannot be
exported or that no run goes on with, by name with their amounts and links to the page, exported records that were
changed in Procore, rows of Spectrum that are rejected, columns of Spectrum that differ from what is known of them, and
objects whose last good sync is too old for their schedule. Of the companies that `include/settings.yaml` names.

**What it moves.** Nothing. It reads `export.queue`, `export.drift`, `sync.rejected_rows`, `sync.drift` and
`marts.freshness`, and sends one message by the channels that `notifications` in `include/settings.yaml` names, a second
one if data are stale. When nothing waits, nothing is sent.

**How often.** Daily, two hours after the time of day that the settings call daily.

**When it fails.** The warehouse cannot be read; the task's log ends with what is wrong and what to do. A channel that
cannot be reached does not make it fail: the log says so, and `include/settings.yaml` and the channel's Airflow
connection are the places to look at. Triggered with *Test* it sends a test message by every channel and nothing else,
and fails if one of them does not deliver it.

**May it be run again?** Always; it sends its message again.
"""

from spectrum_etl.orchestration.digest_dag import digest_dag

dag = digest_dag(__doc__)
