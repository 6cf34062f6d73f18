"""# Billings

Stages progress billing applications into `spectrum.billing_applications`, receivable invoices and their lines into
`spectrum.receivable_invoices` and `spectrum.receivable_invoice_lines`, and what is open of them into
`spectrum.open_receivables`.

**What it moves.** Every application and every invoice to a customer, reversed ones included, from Info-Link. An
application says what is complete to date; a job with several customers has several streams of applications, which are
added up. Where Info-Link does not show what is open (`CR_OPEN_ITEM_MC`), the rest is staged, and a warning says so.
Nothing of it goes to Procore (A6).

**Where Info-Link does not show the other tables,** allow them, or set the schedule to `never`: nothing else needs what
is staged, and what is billed then stays unknown.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.billings import OBJECT

dag = staging_dag(OBJECT, __doc__)
