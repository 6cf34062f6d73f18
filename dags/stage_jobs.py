"""# Jobs

Stages Spectrum's job master into `spectrum.jobs`.

**What it moves.** Every job, complete ones included, by the web services GetJob, GetJobMain and GetJobDates or from
Info-Link (`readers` in the settings). Sub jobs are staged with their master job and marked not importable (B3).

**Until it succeeds,** other objects warn about unknown jobs; nothing is lost.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.jobs import OBJECT

dag = staging_dag(OBJECT, __doc__)
