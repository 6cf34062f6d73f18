"""# Export: Budgets

The locked budget of a synced project becomes the original estimate of its job's phases (E1-E4).

**What it moves.** Amounts only, lines with 0 included. The project must be synced, its budget locked, and all its
codes in Spectrum. After the export its amounts are final: the task `drift` reports what Procore changed since (a budget
that was unlocked, lines that were changed, added or removed), in `export.drift`.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("budgets", __doc__, watches_drift=True)
