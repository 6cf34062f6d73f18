"""# Change requests

Stages change requests into `spectrum.change_requests`, their cost into `spectrum.change_request_costs`, their revenue
into `spectrum.change_request_revenues` and their statuses into `spectrum.change_request_statuses`.

**What it moves.** Every change request of a job and customer, whatever its status, from Info-Link. Cost lines that
nobody has given a phase yet, and several revenue lines of one billing item, are one row with their amounts added up.
Whether a request counts is said by its change order number and by the type of its status. Its subcontract side comes
with `stage_subcontracts`, and what it does to an estimate with `stage_budgets`. Nothing of it goes to Procore.

**Where Info-Link does not show these tables,** allow them, or set the schedule to `never`: nothing else needs what is
staged, and revised contracts then stay unknown.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.change_requests import OBJECT

dag = staging_dag(OBJECT, __doc__)
