"""# Export: Commitments

Subcontracts and purchase orders of Procore become subcontracts of Spectrum (G1-G5).

**What it moves.** Approved ones of synced projects, for a vendor that is synced, with at least one line, all of one
cost type. The approver gives the subcontract id (at most 10, unique per vendor). After the export company, status and
lines are frozen: the task `drift` reports what Procore changed since, in `export.drift`.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("commitments", __doc__, watches_drift=True)
