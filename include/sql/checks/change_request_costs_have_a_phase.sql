-- Cost of change orders on no phase or cost type, which no estimate can take. While a request is in no change order,
-- nobody need know its phases. Compared with the change requests of the same run.
select
    entered.job_number,
    entered.customer_code,
    entered.change_request_number,
    entered.phase_code,
    entered.cost_type,
    entered.change_request_amount,
    1 as row_count
from {{ batch }} as entered
inner join {{ slice("change_requests") }} as request
    on
        entered.company_code = request.company_code
        and entered.job_number = request.job_number
        and entered.customer_code = request.customer_code
        and entered.change_request_number = request.change_request_number
where
    request.change_order_number is not null
    and (entered.phase_code = '' or entered.cost_type = '')
