-- The prime contracts of each job as known at each moment, whatever their date: what is spent before a contract is signed
-- is of that contract, too.
create temporary table _wip_contracts on commit drop as
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
        contract.original_contract,
        coalesce(contract.price_method_code, job.price_method_code) as price_method_code
    from history.prime_contracts_versions as contract
    inner join moments
        on
            contract._valid_from <= moments.moment
            and (contract._valid_to > moments.moment or contract._valid_to is null)
    left join history.jobs_versions as job
        on
            job.company_code = {{ "company_code" | bound }}
            and contract.job_number = job.job_number
            and moments.moment >= job._valid_from
            and (moments.moment < job._valid_to or job._valid_to is null)
    where contract.company_code = {{ "company_code" | bound }}
)

select
    contracts.known,
    contracts.moment,
    contracts.job_number,
    count(*)::integer as contracts,
    case when count(contracts.original_contract) = count(*) then sum(contracts.original_contract) end
        as original_contract,
    case when count(distinct coalesce(contracts.price_method_code, '')) = 1 then min(contracts.price_method_code) end
        as price_method_code
from contracts
inner join _wip_jobs as jobs
    on
        contracts.known = jobs.known
        and contracts.moment = jobs.moment
        and contracts.job_number = jobs.job_number
group by contracts.known, contracts.moment, contracts.job_number
