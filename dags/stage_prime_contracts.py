"""# Prime contracts

Stages prime contracts and their schedules of values into `spectrum.prime_contracts` and
`spectrum.prime_contract_items`.

**What it moves.** Every contract and billing item, from Info-Link. Unit price contracts (I1) and second contracts of a
job (I2) are staged and marked not importable. A schedule of values that does not add up is a warning (I4).

**Until it succeeds,** do not export prime contract change orders: they need contracts that are up to date.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.prime_contracts import OBJECT

dag = staging_dag(OBJECT, __doc__)
