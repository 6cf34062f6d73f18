"""# Export: Budget changes

Approved budget changes and legacy budget modifications of Procore become change requests of Spectrum (F1).

**What it moves.** The approver gives the change request id (at most 8), which no other change request of the job may
have (H2). Procore has no field for the link of a budget change, so it is only in `export.links`. A modification is
named by its id with an `M` before it (`M75414`), and gets an origin id while Procore takes writes of modifications.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("budget_changes", __doc__)
