"""The ids of the DAGs. Installations rely on them, so each stands here and nowhere else in the library."""

from __future__ import annotations

#: What the id of an object's DAG begins with: staged, exported, imported into Procore. The object's name follows.
STAGE, EXPORT, IMPORT = "stage_", "export_", "import_"

BACKFILL_JOB_COSTS = "backfill_job_costs"
CHECK_CONNECTIONS = "check_connections"
CLEAN_UP = "clean_up"
DAILY_DIGEST = "daily_digest"
LINK_EXPORT = "link_export"
PUBLISH_MARTS = "publish_marts"
UNDO_IMPORT = "undo_import"
UNLINK_EXPORT = "unlink_export"
VERIFY_STAGING = "verify_staging"
WATCH_SYNCS = "watch_syncs"
