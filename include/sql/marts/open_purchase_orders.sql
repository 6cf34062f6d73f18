-- Lines of the changed purchase orders: those of which something is to be received are open, the others are not. A line
-- below 0 is a credit, open by what is below 0; so they add up to what commitments count as open.
create temporary table _open_purchase_orders on commit drop as
select
    {{ "company_code" | bound }}::text as company_code,
    line.po_number,
    line.line_number,
    orders.vendor_code,
    vendor.vendor_name,
    line.job_number,
    line.phase_code,
    line.cost_type,
    line.item_description,
    orders.order_date,
    coalesce(line.delivery_date, orders.delivery_date) as delivery_date,
    orders.status_flag,
    line.line_extension as ordered_amount,
    line.received_extension as received_amount,
    line.open_amount,
    orders.po_number is not null as order_staged,
    line._deleted_at is not null
    or orders._deleted_at is not null
    -- What the site does not show may be open.
    or coalesce(line.line_extension >= 0 and line.open_amount <= 0, false)
    or coalesce(line.line_extension < 0 and line.open_amount >= 0, false) as is_gone
from _changed_purchase_orders as changed
inner join spectrum.purchase_order_lines as line
    on
        line.company_code = {{ "company_code" | bound }}
        and changed.po_number = line.po_number
left join spectrum.purchase_orders as orders
    on
        orders.company_code = {{ "company_code" | bound }}
        and line.po_number = orders.po_number
left join spectrum.vendors as vendor
    on
        vendor.company_code = {{ "company_code" | bound }}
        and orders.vendor_code = vendor.vendor_code
        and vendor._deleted_at is null
