"""# Subcontracts

Stages subcontracts, their lines and their change orders into `spectrum.subcontracts`, `spectrum.subcontract_items` and
`spectrum.subcontract_changes`.

**What it moves.** Every subcontract with its original amounts by phase and cost type, and every change of it with its
status, from Info-Link. `marts.job_cost_summary.committed_cost` is made of them: lines of subcontracts that are not
inactive, and executed changes. Nothing of it goes to Procore (A6).

**Where Info-Link does not show these tables,** allow them, or set the schedule to `never`: nothing else needs them, and
committed costs then stay unknown.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.subcontracts import OBJECT

dag = staging_dag(OBJECT, __doc__)
