"""# Customers

Stages Spectrum's customers into `spectrum.customers`.

**What it moves.** Every customer of accounts receivable, inactive ones included, from Info-Link. Tax and resale numbers
are never read (M9), and nothing of it goes to Procore (C5).

**Where Info-Link does not show this table,** allow it, or set the schedule to `never`: figures by customer then show
codes without names.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.customers import OBJECT

dag = staging_dag(OBJECT, __doc__)
