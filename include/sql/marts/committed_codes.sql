-- What is committed on the phases and cost types that may have changed. A line of an order that names no phase or cost
-- type is on none.
create temporary table _committed_codes on commit drop as
select
    changed.job_number,
    changed.phase_code,
    changed.cost_type,
    sum(commitment.committed_amount) as committed_cost,
    count(*) = count(commitment.committed_amount) as is_known
from _changed_codes as changed
inner join marts.commitments as commitment
    on
        commitment.company_code = {{ "company_code" | bound }}
        and changed.job_number = commitment.job_number
        and changed.phase_code = commitment.phase_code
        and changed.cost_type = commitment.cost_type
where commitment.kind = 'subcontract' or (commitment.phase_code <> '' and commitment.cost_type <> '')
group by changed.job_number, changed.phase_code, changed.cost_type
