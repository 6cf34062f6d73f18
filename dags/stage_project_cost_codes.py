"""# Project cost codes and cost types

Stages the phases and cost types of every job into `spectrum.project_cost_codes`.

**What it moves.** One row a job, phase and cost type, by the web service GetPhaseEnhanced (two calls a job, three at a
time) or from Info-Link (`readers` in the settings). The description belongs to the phase (B2).

**Until it succeeds,** costs and budgets warn about unknown phases; nothing is lost.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.project_cost_codes import OBJECT

dag = staging_dag(OBJECT, __doc__)
