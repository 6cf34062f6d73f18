"""# Jobs into Procore

Spectrum's jobs become projects of Procore, or are linked with projects that are there, also those in progress (B3, D1,
N5, N13).

**What it moves.** New projects with name, number, address, dates, the template of the settings and the list of cost
codes that comes from Spectrum. A linked project keeps everything of its own; where the settings say so, name, address
and dates follow what changes in Spectrum. Which jobs are offered is a matter of status, division and start; sub jobs
are refused, since Procore has none.

**Waiting for permission.** The service account may not yet see a project that it created. That is not an error: add
the account to the project in Procore, and the next run goes on. It is never created a second time.
"""

from spectrum_etl.orchestration.import_dag import import_dag  # Airflow looks for DAGs only in files that name it

dag = import_dag("jobs", __doc__)
