-- Spectrum's projection may be out of date: below what is spent, or of a job that is complete. It stays in projected_cost
-- as it is, and variance and percentages go by a cost at completion that is never below cost to date.
alter table marts.job_cost_summary
add column cost_at_completion numeric,
add column cost_floor_used boolean,
add column job_complete boolean;
alter table marts.contract_status
add column cost_at_completion numeric,
add column cost_floor_used boolean;

-- What is there says the same from this moment on; publish_marts computes everything whole the next time, and finds it
-- right. Jobs may not have been staged yet.
update marts.job_cost_summary
set job_complete = false, cost_floor_used = actual_cost > projected_cost;

do $$
begin
    if to_regclass('spectrum.jobs') is not null then
        update marts.job_cost_summary as summary
        set job_complete = true
        from spectrum.jobs as job
        where
            summary.company_code = job.company_code
            and summary.job_number = job.job_number
            and job.status_code = 'C'
            and job._deleted_at is null;
    end if;
end
$$;

update marts.job_cost_summary
set cost_at_completion = case when job_complete then actual_cost else greatest(projected_cost, actual_cost) end;
update marts.job_cost_summary
set
    variance = current_estimate - cost_at_completion,
    percent_complete = case
        when cost_at_completion > 0 then round(100 * greatest(actual_cost, 0) / cost_at_completion, 2)
    end;

update marts.contract_status
set cost_at_completion = 0, cost_floor_used = false, percent_complete = null;
update marts.contract_status as contract
set
    cost_at_completion = job.cost_at_completion,
    cost_floor_used = job.cost_floor_used,
    percent_complete = case
        when job.cost_at_completion > 0 then round(100 * greatest(job.actual_cost, 0) / job.cost_at_completion, 2)
    end
from (
    select
        summary.company_code,
        summary.job_number,
        sum(summary.actual_cost) as actual_cost,
        sum(summary.cost_at_completion) as cost_at_completion,
        bool_or(summary.cost_floor_used) as cost_floor_used
    from marts.job_cost_summary as summary
    group by summary.company_code, summary.job_number
) as job
where contract.company_code = job.company_code and contract.job_number = job.job_number;

alter table marts.job_cost_summary
alter column cost_at_completion set not null,
alter column cost_floor_used set not null,
alter column job_complete set not null;
alter table marts.contract_status
alter column cost_at_completion set not null,
alter column cost_floor_used set not null;

comment on column marts.job_cost_summary.projected_cost is
'Spectrum''s projection as it stands there, even where more is spent; without one, the greater of current estimate and '
'cost to date';
comment on column marts.job_cost_summary.projection_entered is
'Whether projected_cost is Spectrum''s: GetPhase''s figure where it is read, else the sum of the entered increments, '
'unless Spectrum works the projection out itself. One of 0 counts as none';
comment on column marts.job_cost_summary.cost_at_completion is
'What it will have cost: projected_cost, but never less than cost to date; of a complete job, cost to date. A credit '
'counts when it is posted';
comment on column marts.job_cost_summary.cost_floor_used is
'Whether cost to date is above projected_cost: the projection is out of date, and cost at completion is cost to date';
comment on column marts.job_cost_summary.job_complete is
'Whether the job is complete in Spectrum (its status is C), so that cost at completion is cost to date. The status of a '
'phase decides nothing: its last invoices may still come';
comment on column marts.job_cost_summary.variance is
'Current estimate - cost at completion; negative when it will cost more';
comment on column marts.job_cost_summary.percent_complete is
'Cost to date in percent of cost at completion, from 0 to 100: 0 where cost to date is a credit, null where cost at '
'completion is not above 0. Of several rows: add up both costs first';
comment on column marts.contract_status.projected_cost is
'Sum of projected_cost of the job, as in job_cost_summary: with Spectrum''s projections as they stand there';
comment on column marts.contract_status.cost_at_completion is
'Sum of cost_at_completion of the job, as in job_cost_summary: never less than cost to date';
comment on column marts.contract_status.cost_floor_used is
'Whether a phase and cost type of the job has cost above its projection';
comment on column marts.contract_status.percent_complete is
'Cost to date of the job in percent of its cost at completion, by their sums, from 0 to 100: 0 where cost to date is a '
'credit, null where cost at completion is not above 0. Of the contract no more is earned than all of it';
