"""# Export: Jobs

Projects of Procore become jobs of Spectrum with their cost codes and cost types (D1-D6); new codes of projects that
are synced already come here too (B5).

**What it moves.** Projects whose name has at most 25 characters, that use the list "Spectrum Standard Cost Codes" and
whose every cost code has a cost type. The approver gives the job number (at most 10, new). Division, cost center,
customer, taxable flag and price method come from the template job of the settings.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("jobs", __doc__)
