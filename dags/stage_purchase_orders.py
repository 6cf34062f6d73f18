"""# Purchase orders

Stages Spectrum's purchase orders and their lines into `spectrum.purchase_orders` and `spectrum.purchase_order_lines`.

**What it moves.** Every order and every line of it, closed ones included, with what is received, from Info-Link. A
line's job may be another than its order's, so `open_amount` is added up by the job of the lines. It is what is ordered
less what is received, whatever the order's status: Spectrum's status codes of orders are not documented. Nothing of it
goes to Procore (A6).

**Where Info-Link does not show these tables,** allow them, or set the schedule to `never`: nothing else that is staged
needs them.
"""

from spectrum_etl.orchestration.staging_dag import staging_dag  # Airflow looks for DAGs only in files that name it
from spectrum_etl.staging.objects.purchase_orders import OBJECT

dag = staging_dag(OBJECT, __doc__)
