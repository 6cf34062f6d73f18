"""# Vendors

Stages Spectrum's vendor master into `spectrum.vendors`.

**What it moves.** Every vendor, from Info-Link or by `GET /vendors` (`readers` in the settings). That service shows
active vendors only: with it, a vendor that disappears becomes inactive, not deleted. Tax ids and bank accounts are
never read (M9).

**Until it succeeds,** do not export commitments: they are compared with this table.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.vendors import OBJECT

dag = staging_dag(OBJECT, __doc__)
