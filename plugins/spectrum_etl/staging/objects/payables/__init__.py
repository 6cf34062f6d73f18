"""Vendor invoices with their distribution to jobs, and what was paid on them.

Staged for analysts. Nothing of it goes to Procore: invoices and payments stay in accounting (A6). Check numbers, cards
and bank accounts are never read (M9).
"""

from spectrum_etl.model.spec import StagedObject
from spectrum_etl.settings import Schedule
from spectrum_etl.staging.objects.payables.distributions import VENDOR_INVOICE_DISTRIBUTIONS
from spectrum_etl.staging.objects.payables.invoices import VENDOR_INVOICES
from spectrum_etl.staging.objects.payables.payments import VENDOR_PAYMENTS

OBJECT = StagedObject(
    name="payables",
    title="Payables",
    tables=(VENDOR_INVOICES, VENDOR_INVOICE_DISTRIBUTIONS, VENDOR_PAYMENTS),
    schedule=Schedule.DAILY,
)
