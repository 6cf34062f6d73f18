-- What was billed of each job up to each month end, over all its customers. Spectrum prints the revised contract of one
-- customer on an application.
create temporary table _wip_billed on commit drop as
with moments as (
    select distinct
        known,
        moment
    from _wip_points
),

contracts as (
    select
        moments.known,
        moments.moment,
        contract.job_number,
        contract.customer_code
    from history.prime_contracts_versions as contract
    inner join moments
        on
            contract._valid_from <= moments.moment
            and (contract._valid_to > moments.moment or contract._valid_to is null)
    where contract.company_code = {{ "company_code" | bound }}
)

select
    points.known,
    points.moment,
    points.month_end,
    stream.job_number,
    case when count(stream.billed) = count(*) then sum(stream.billed) end as billed_to_date,
    case when count(distinct stream.basis) = 1 then min(stream.basis) else 'both' end as billed_basis,
    sum(stream.work_complete) as work_complete,
    case when count(stream.retainage) = count(*) then sum(stream.retainage) end as retainage,
    sum(stream.printed_revised_contract) filter (where contract.customer_code is not null)
        as printed_revised_contract,
    count(stream.printed_revised_contract) filter (where contract.customer_code is not null) as printed_contracts
from _wip_points as points
inner join _wip_streams as stream
    on
        points.known = stream.known
        and points.moment = stream.moment
        and points.month_end >= stream.billed_on
        and (points.month_end < stream.next_on or stream.next_on is null)
left join contracts as contract
    on
        stream.known = contract.known
        and stream.moment = contract.moment
        and stream.job_number = contract.job_number
        and stream.customer_code = contract.customer_code
group by points.known, points.moment, points.month_end, stream.job_number
