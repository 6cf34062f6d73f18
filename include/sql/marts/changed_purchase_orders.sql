-- Purchase orders that changed, themselves or in a line, or whose vendor has another name. A table of which nothing was
-- synced since is not looked at: `since` is infinity then.
create temporary table _changed_purchase_orders on commit drop as
{% for table in ["purchase_orders", "purchase_order_lines"] %}
select po_number
from spectrum.{{ table | ident }}
where
    company_code = {{ "company_code" | bound }}
    and {{ ("since_" ~ table) | bound }}::timestamptz < 'infinity'
    and greatest(_changed_at, _deleted_at) >= {{ ("since_" ~ table) | bound }}
union
{% endfor %}
select orders.po_number
from spectrum.vendors as vendor
inner join spectrum.purchase_orders as orders
    on
        orders.company_code = {{ "company_code" | bound }}
        and vendor.vendor_code = orders.vendor_code
where
    vendor.company_code = {{ "company_code" | bound }}
    and {{ "since_vendors" | bound }}::timestamptz < 'infinity'
    and greatest(vendor._changed_at, vendor._deleted_at) >= {{ "since_vendors" | bound }}
