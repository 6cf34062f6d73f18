-- Lines of which more was received than ordered. A return is an order of less than nothing, and received as that.
select
    po_number,
    line_number,
    line_extension,
    received_extension,
    abs(received_extension) - abs(line_extension) as above_ordered,
    1 as row_count
from {{ batch }}
where abs(received_extension) > abs(line_extension)
