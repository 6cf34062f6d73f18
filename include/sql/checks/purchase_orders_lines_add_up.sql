-- Purchase orders whose lines do not add up to the order less its tax and freight, compared with the lines of the same
-- run. An order without lines counts if it has an amount, one with a line whose amount is not known does not. Silent
-- while no line of the company has been read.
with lines_of_orders as (
    select
        company_code,
        po_number,
        case when bool_and(line_extension is not null) then sum(line_extension) end as lines_total
    from {{ slice("purchase_order_lines") }}
    group by company_code, po_number
),

compared as (
    select
        purchase_order.po_number,
        purchase_order.po_total_amount
        - coalesce(purchase_order.tax_total, 0)
        - coalesce(purchase_order.total_freight, 0) as ordered,
        case when lines_of_order.po_number is null then 0 else lines_of_order.lines_total end as lines_total
    from {{ batch }} as purchase_order
    left join lines_of_orders as lines_of_order
        on
            purchase_order.company_code = lines_of_order.company_code
            and purchase_order.po_number = lines_of_order.po_number
    where
        exists (
            select 1
            from lines_of_orders as anything
            where anything.company_code = purchase_order.company_code
        )
)

select
    po_number,
    ordered,
    lines_total,
    ordered - lines_total as difference,
    1 as row_count
from compared
where ordered <> lines_total
