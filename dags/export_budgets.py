"""# Export: Budgets

The locked budget of a synced project becomes the original estimate of its job's phases (E1-E4).

**What it moves.** Amounts only, lines with 0 included. The project must be synced, its budget locked, and all its
codes in Spectrum.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("budgets", __doc__)
