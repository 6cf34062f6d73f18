"""# Export: Vendors

Companies of Procore's directory become new vendors of Spectrum (C4-C6).

**What it moves.** Every active company that is not linked to a vendor yet. The approver gives the vendor code (at
most 10, upper case, new) and the vendor type. A company whose name matches an existing vendor is held: link it
instead. Never a customer, and never a later change of a linked company.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("vendors", __doc__)
