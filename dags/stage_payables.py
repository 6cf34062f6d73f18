"""# Payables

Stages vendor invoices, their distribution to jobs and the payments on them into `spectrum.vendor_invoices`,
`spectrum.vendor_invoice_distributions` and `spectrum.vendor_payments`.

**What it moves.** Every invoice and credit of every vendor, open and paid, from Info-Link. An invoice's amount is over
all of its jobs: what one job bears is `net_amount` of its distributions. Spectrum stores a credit's amounts positive;
the `signed_` columns are below 0 for credits, and are what adds up. `subcontract_number` says which subcontract is
invoiced. Check numbers, cards and bank accounts are never read (M9), and nothing of it goes to Procore (A6).

**Where Info-Link does not show these tables,** allow them, or set the schedule to `never`: nothing else that is staged
needs them.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.payables import OBJECT

dag = staging_dag(OBJECT, __doc__)
