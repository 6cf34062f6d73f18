-- Since when the tables of the WIP schedule are known, and by how much the profit of jobs has faded.
create table marts.known_since (
    company_code text collate "C" not null,
    table_name text collate "C" not null,
    known_since timestamptz not null,
    primary key (company_code, table_name)
);

comment on table marts.known_since is
'One row a company and staged table that wip_schedule needs: when it was first read whole. Before that nothing was known '
'of it. Kept here, since the runs of syncs are not kept for ever.';
comment on column marts.known_since.company_code is 'Spectrum company';
comment on column marts.known_since.table_name is 'Staged table';
comment on column marts.known_since.known_since is
'When the first sync began to read that read all of it: of job_cost_transactions, with nothing left to the next sync '
'because it moved while it was copied';

create view marts.wip_fade as
select
    now.company_code,
    now.job_number,
    now.month_end,
    past.known_at,
    past.known_since,
    past.is_known,
    now.job_description,
    now.division,
    now.project_manager,
    now.status_code,
    past.revised_contract as revised_contract_then,
    now.revised_contract as revised_contract_now,
    past.cost_to_date as cost_to_date_then,
    now.cost_to_date as cost_to_date_now,
    past.cost_at_completion as cost_at_completion_then,
    now.cost_at_completion as cost_at_completion_now,
    past.earned_revenue as earned_revenue_then,
    now.earned_revenue as earned_revenue_now,
    past.billed_to_date as billed_to_date_then,
    now.billed_to_date as billed_to_date_now,
    past.over_under_billed as over_under_billed_then,
    now.over_under_billed as over_under_billed_now,
    past.gross_profit_at_completion as gross_profit_at_completion_then,
    now.gross_profit_at_completion as gross_profit_at_completion_now,
    now.gross_profit_at_completion - past.gross_profit_at_completion as fade
from marts.wip_schedule as now
left join marts.wip_schedule as past
    on
        now.company_code = past.company_code
        and now.job_number = past.job_number
        and now.month_end = past.month_end
        and past.known = 'then'
where now.known = 'now';

comment on view marts.wip_fade is
'One row a job and month end: what was reported when the month was closed (then), what is known of the same month end now, '
'and by how much the profit of the job has faded since.';
comment on column marts.wip_fade.company_code is 'Spectrum company';
comment on column marts.wip_fade.job_number is 'Job number';
comment on column marts.wip_fade.month_end is 'Last day of the month';
comment on column marts.wip_fade.known_at is 'The moment of then, as in wip_schedule';
comment on column marts.wip_fade.known_since is 'As in wip_schedule';
comment on column marts.wip_fade.is_known is
'Whether then is known; null where the job was not there then';
comment on column marts.wip_fade.job_description is 'Job name now';
comment on column marts.wip_fade.division is 'Division now';
comment on column marts.wip_fade.project_manager is 'Code of the project manager now';
comment on column marts.wip_fade.status_code is 'A active, I inactive, C complete, now';
comment on column marts.wip_fade.revised_contract_then is 'revised_contract of wip_schedule as known then';
comment on column marts.wip_fade.revised_contract_now is 'revised_contract of wip_schedule as known now';
comment on column marts.wip_fade.cost_to_date_then is 'cost_to_date of wip_schedule as known then';
comment on column marts.wip_fade.cost_to_date_now is 'cost_to_date of wip_schedule as known now';
comment on column marts.wip_fade.cost_at_completion_then is 'cost_at_completion of wip_schedule as known then';
comment on column marts.wip_fade.cost_at_completion_now is 'cost_at_completion of wip_schedule as known now';
comment on column marts.wip_fade.earned_revenue_then is 'earned_revenue of wip_schedule as known then';
comment on column marts.wip_fade.earned_revenue_now is 'earned_revenue of wip_schedule as known now';
comment on column marts.wip_fade.billed_to_date_then is 'billed_to_date of wip_schedule as known then';
comment on column marts.wip_fade.billed_to_date_now is 'billed_to_date of wip_schedule as known now';
comment on column marts.wip_fade.over_under_billed_then is 'over_under_billed of wip_schedule as known then';
comment on column marts.wip_fade.over_under_billed_now is 'over_under_billed of wip_schedule as known now';
comment on column marts.wip_fade.gross_profit_at_completion_then is
'gross_profit_at_completion of wip_schedule as known then';
comment on column marts.wip_fade.gross_profit_at_completion_now is
'gross_profit_at_completion of wip_schedule as known now';
comment on column marts.wip_fade.fade is
'gross_profit_at_completion_now - gross_profit_at_completion_then: below 0 the profit has faded, above 0 it has grown';

create table marts.wip_reconciliation (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    job_description text,
    cost_to_date numeric,
    spectrum_cost_to_date numeric,
    cost_difference numeric,
    revised_contract numeric,
    printed_revised_contract numeric,
    revised_contract_difference numeric,
    original_contract numeric,
    job_original_contract numeric,
    original_contract_difference numeric,
    primary key (company_code, job_number)
);

comment on table marts.wip_reconciliation is
'One row a job: figures of wip_schedule beside those that Spectrum keeps itself, as known now. Null where Spectrum''s, or '
'ours, is not known.';
comment on column marts.wip_reconciliation.company_code is 'Spectrum company';
comment on column marts.wip_reconciliation.job_number is 'Job number';
comment on column marts.wip_reconciliation.job_description is 'Job name (jobs)';
comment on column marts.wip_reconciliation.cost_to_date is
'Sum of all staged postings of the job, whatever their date (job_cost_transactions)';
comment on column marts.wip_reconciliation.spectrum_cost_to_date is
'Sum of the cost to date that GetPhase gives (job_cost_totals); null where it is not read from the web services';
comment on column marts.wip_reconciliation.cost_difference is
'cost_to_date - spectrum_cost_to_date. Both are read at different moments: what is posted in between differs until the '
'next sync';
comment on column marts.wip_reconciliation.revised_contract is
'Original contract and approved changes of the job, whatever their date';
comment on column marts.wip_reconciliation.printed_revised_contract is
'revised_contract_amount of each customer''s newest application (billing_applications); null unless each contract has one';
comment on column marts.wip_reconciliation.revised_contract_difference is
'revised_contract - printed_revised_contract';
comment on column marts.wip_reconciliation.original_contract is
'Sum of original_contract of the job''s prime contracts (prime_contracts)';
comment on column marts.wip_reconciliation.job_original_contract is
'original_contract of the job itself (jobs); null where it is not there or 0';
comment on column marts.wip_reconciliation.original_contract_difference is
'original_contract - job_original_contract';

-- Where a site shows no changes of subcontracts, nobody knows that there are none.
alter table marts.subcontract_status
alter column executed_changes drop not null,
alter column pending_changes drop not null,
alter column revised_amount drop not null;

comment on column marts.subcontract_status.executed_changes is
'Sum of sub_amount of its changes whose sub_status is E (subcontract_changes). Null, like all that follows from it, where '
'the site does not show changes of subcontracts';
comment on column marts.subcontract_status.pending_changes is
'Sum of sub_amount of its changes whose sub_status is P (subcontract_changes); null as executed_changes';
comment on column marts.subcontract_status.committed_amount is
'original_amount + executed_changes, or 0 where the subcontract is inactive or was deleted: as in committed_cost of '
'job_cost_summary. Changes that are not shown count as 0';
