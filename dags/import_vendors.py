"""# Vendors into Procore

Spectrum's vendors become companies of Procore's directory, or are linked with companies that are there (C1
to C3, N3, N4).

**What it moves.** New companies with name, address, phone, fax, e-mail and the vendor code as ERP id. A linked company
keeps everything of its own; where the settings say so, name, address, phone and fax follow what changes in Spectrum.
Vendor types that are not imported, and inactive vendors, are not offered.
"""

from spectrum_etl.orchestration.import_dag import import_dag  # Airflow looks for DAGs only in files that name it

dag = import_dag("vendors", __doc__)
