-- Purchase orders that lines belong to, but that do not exist, compared with the orders of the same run.
-- Silent while no order of the company has been read.
with orders_of_slice as (
    select
        company_code,
        po_number,
        count(*) as row_count
    from {{ batch }}
    group by company_code, po_number
)

select
    used.po_number,
    used.row_count
from orders_of_slice as used
where
    not exists (
        select 1
        from {{ slice("purchase_orders") }} as purchase_order
        where
            purchase_order.company_code = used.company_code
            and purchase_order.po_number = used.po_number
    )
    and exists (
        select 1
        from {{ slice("purchase_orders") }} as purchase_order
        where purchase_order.company_code = used.company_code
    )
