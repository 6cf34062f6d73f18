"""# Watch syncs

Every quarter of an hour, checks whether a sync is late: one that has been running for longer than `late_after_minutes`
of `notifications` in `include/settings.yaml` allows, or one that was due so long ago and has not begun.

**What it moves.** Nothing. It compares the schedules with `sync.landings`, and sends one message by the channels of
`notifications`. A sync that stays late is reported once; `daily_digest` reports each day which data are out of date. A
run that has failed was reported as a failure, and backfills take as long as they take.

**How often.** Every 15 minutes, unless `late_after_minutes` is null.

**When it fails.** The warehouse cannot be read, or the Airflow Variable `spectrum_schedules` is wrong; the task's log
ends with what is wrong and what to do. No sync is touched by it.

**May it be run again?** Always; what was reported is not reported a second time.
"""

from spectrum_etl.orchestration.watch_dag import watch_dag

dag = watch_dag(__doc__)
