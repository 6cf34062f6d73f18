"""# Export: Commitment change orders

Approved change orders of exported commitments become change requests of Spectrum (H1-H3).

**What it moves.** The commitment must be exported, all lines of one cost type and no code twice. The approver gives
the change request id (at most 8), unique in the job over all kinds of change requests (H2). The task `drift` reports
exported ones that Procore changed or deleted.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("commitment_change_orders", __doc__, watches_drift=True)
