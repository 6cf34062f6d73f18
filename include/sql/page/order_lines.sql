-- The lines of a purchase order for a job. Each row carries the total of all of them.
select
    line.line_number,
    line.phase_code,
    line.cost_type,
    line.item_description,
    line.ordered_quantity,
    line.unit_of_measure,
    line.delivery_date,
    line.line_extension as amount,
    line.received_extension as received_amount,
    -- What came beyond one line does not make up for what is to come on another; a line below 0 is a credit.
    case
        when line.line_extension >= 0 then greatest(line.open_amount, 0)
        else least(line.open_amount, 0)
    end as open_amount,
    case when count(*) over () = count(line.line_extension) over () then sum(line.line_extension) over () end as total
from spectrum.purchase_order_lines as line
where
    line.company_code = {{ "company" | bound }}
    and line.job_number = {{ "job" | bound }}
    and line.po_number = {{ "number" | bound }}
    and line._deleted_at is null
order by length(line.line_number), line.line_number
limit {{ "limit" | bound }} offset {{ "offset" | bound }}
