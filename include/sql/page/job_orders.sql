-- The purchase orders that have lines for a job: what those lines order, what of it is received, and what is open. The
-- lines of an order for other jobs are not in it. An amount that the site does not show of each line is null.
select
    ordered.document_number as po_number,
    ordered.vendor_code,
    vendor.vendor_name,
    orders.order_date,
    orders.delivery_date,
    orders.status_flag,
    case when count(*) = count(ordered.committed_amount) then sum(ordered.committed_amount) end as ordered_amount,
    case when count(*) = count(ordered.incurred_amount) then sum(ordered.incurred_amount) end as received_amount,
    case when count(*) = count(ordered.open_amount) then sum(ordered.open_amount) end as open_amount
from marts.commitments as ordered
left join spectrum.purchase_orders as orders
    on
        orders.company_code = {{ "company" | bound }}
        and ordered.document_number = orders.po_number
        and orders._deleted_at is null
left join spectrum.vendors as vendor
    on
        vendor.company_code = {{ "company" | bound }}
        and ordered.vendor_code = vendor.vendor_code
        and vendor._deleted_at is null
where
    ordered.company_code = {{ "company" | bound }}
    and ordered.job_number = {{ "job" | bound }}
    and ordered.kind = 'purchase order'
group by
    ordered.document_number, ordered.vendor_code, vendor.vendor_name, orders.order_date, orders.delivery_date,
    orders.status_flag
order by ordered.document_number, ordered.vendor_code
