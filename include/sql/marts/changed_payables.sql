-- Vendor invoices that changed, themselves, in a line or by a payment, or whose vendor has another name. A table of which
-- nothing was synced since is not looked at: `since` is infinity then.
create temporary table _changed_payables on commit drop as
{% for table in ["vendor_invoices", "vendor_invoice_distributions", "vendor_payments"] %}
select
    vendor_code,
    invoice_number,
    invoice_type_code
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
union
{% endfor %}
select
    known.vendor_code,
    known.invoice_number,
    known.invoice_type_code
from spectrum.vendors as vendor
inner join marts.payables_by_job as known
    on
        known.company_code = {{ "company_code" | bound }}
        and vendor.vendor_code = known.vendor_code
where
    vendor.company_code = {{ "company_code" | bound }}
    and {{ "since_vendors" | bound }}::timestamptz < 'infinity'
    and greatest(vendor._changed_at, vendor._deleted_at) >= {{ "since_vendors" | bound }}
union
-- Where the site begins or ceases to show payments, it is known of all invoices without one that nothing is paid, or of
-- none.
select
    known.vendor_code,
    known.invoice_number,
    known.invoice_type_code
from marts.payables_by_job as known
where
    known.company_code = {{ "company_code" | bound }}
    and least({{ "since_vendor_invoices" | bound }}::timestamptz, {{ "since_vendor_payments" | bound }}) < 'infinity'
    and (known.paid_amount is null) = not exists (select 1 from _payments_not_shown)
    and not exists (
        select 1 from spectrum.vendor_payments as payment
        where
            payment.company_code = {{ "company_code" | bound }}
            and known.vendor_code = payment.vendor_code
            and known.invoice_number = payment.invoice_number
            and known.invoice_type_code = payment.invoice_type_code
            and payment._deleted_at is null
    )
