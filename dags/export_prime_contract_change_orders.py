"""# Export: Prime contract change orders

Approved change orders of prime contracts become change requests of Spectrum (J1, J2).

**What it moves.** The prime contract must be synced and up to date, and not be a unit-price one. The approver gives
the change request id (at most 8, H2). Cost goes by phase and cost type, revenue with markup by billing item: that of
the contract's line which a line belongs to, else one that the approver gives.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("prime_contract_change_orders", __doc__)
