"""# Standard cost codes and cost types

Stages Spectrum's standard phases and cost types into `spectrum.standard_cost_codes` and `spectrum.standard_cost_types`.

**What it moves.** Every phase of every phase category, read from Info-Link. `importable` marks the one category that
the settings name (`phase_category`): Procore gets exactly one list, "Spectrum Standard Cost Codes" (A2, B1).

**Until it succeeds,** the codes are yesterday's, which does no harm: they rarely change.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.standard_cost_codes import OBJECT

dag = staging_dag(OBJECT, __doc__)
