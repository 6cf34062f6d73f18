-- What is committed on each phase and cost type: lines of subcontracts, and executed changes, of all that are not known
-- to be inactive or deleted. Lines without a job, whose subcontract is not there, are left out. One pass over the
-- company's subcontracts, few as they are; null where a phase has none any more.
create temporary table _commitments on commit drop as
with lines as (
    select
        job_number,
        vendor_code,
        subcontract_number,
        phase_code,
        cost_type,
        case when _deleted_at is null then original_contract_amount end as amount,
        greatest(_changed_at, _deleted_at) >= {{ "since_subcontract_items" | bound }} as is_news
    from spectrum.subcontract_items
    where company_code = {{ "company_code" | bound }} and job_number <> ''
    union all
    select
        job_number,
        vendor_code,
        subcontract_number,
        phase_code,
        cost_type,
        case when _deleted_at is null and sub_status = 'E' then sub_amount end as amount,
        greatest(_changed_at, _deleted_at) >= {{ "since_subcontract_changes" | bound }} as is_news
    from spectrum.subcontract_changes
    where company_code = {{ "company_code" | bound }}
)

select
    lines.job_number,
    lines.phase_code,
    lines.cost_type,
    sum(lines.amount) filter (
        where subcontract._deleted_at is null and subcontract.status_code is distinct from 'I'
    ) as committed_cost,
    bool_or(
        lines.is_news
        or coalesce(
            greatest(subcontract._changed_at, subcontract._deleted_at) >= {{ "since_subcontracts" | bound }}, false
        )
    ) as is_news
from lines
left join spectrum.subcontracts as subcontract
    on
        subcontract.company_code = {{ "company_code" | bound }}
        and lines.job_number = subcontract.job_number
        and lines.vendor_code = subcontract.vendor_code
        and lines.subcontract_number = subcontract.subcontract_number
group by lines.job_number, lines.phase_code, lines.cost_type
