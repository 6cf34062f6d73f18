-- What happens in months that are closed, how subcontracts stand, and what the figures lack.
create table marts.closed_months (
    company_code text collate "C" not null,
    month date not null,
    closed_at timestamptz not null,
    known_from timestamptz,
    primary key (company_code, month)
);

comment on table marts.closed_months is
'One row a company and month that is closed, by the setting closed_months. Months before 1980 count as January 1980.';
comment on column marts.closed_months.company_code is 'Spectrum company';
comment on column marts.closed_months.month is 'First day of the month';
comment on column marts.closed_months.closed_at is 'Since when it is closed, by the setting closed_months';
comment on column marts.closed_months.known_from is
'When all job cost transactions were read first at or after that moment, with what waited because it moved while it '
'was copied, by the newest run until nothing waited: what they were then is what the month was '
'closed with. Null until then. What was posted between the close and that reading cannot be told from what was posted '
'before the close, and counts as posted before';

create table marts.after_close (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    phase_code text collate "C" not null,
    cost_type text collate "C" not null,
    tran_date date not null,
    tran_type_code text collate "C" not null,
    reference_1 text collate "C" not null,
    reference_2 text collate "C" not null,
    detail_sequence text collate "C" not null,
    seen_at timestamptz not null,
    month date not null,
    closed_at timestamptz not null,
    action text not null check (action in ('posted', 'changed', 'deleted')),
    transactions_before bigint not null,
    transactions_after bigint not null,
    amount_before numeric not null,
    amount_after numeric not null,
    amount_change numeric not null,
    hours_before numeric not null,
    hours_after numeric not null,
    vendor_code text collate "C",
    description text,
    landing_id bigint,
    run_id text,
    first_written_at timestamptz not null default clock_timestamp(),
    primary key (
        company_code, job_number, phase_code, cost_type, tran_date, tran_type_code, reference_1, reference_2,
        detail_sequence, seen_at
    )
);

create index after_close_by_moment on marts.after_close (company_code, seen_at);

comment on table marts.after_close is
'One row a job cost transaction and sync that found it posted, changed or deleted in a month that was closed already. '
'Spectrum gives transactions no key: those that the nine columns from job number to detail sequence do not tell apart '
'are one row.';
comment on column marts.after_close.company_code is 'Spectrum company';
comment on column marts.after_close.job_number is 'Job number';
comment on column marts.after_close.phase_code is 'Phase, without separators';
comment on column marts.after_close.cost_type is 'Cost type';
comment on column marts.after_close.tran_date is 'Date of the transaction';
comment on column marts.after_close.tran_type_code is 'Where it was entered, as in job_cost_transactions; empty where blank';
comment on column marts.after_close.reference_1 is 'Reference; empty where blank';
comment on column marts.after_close.reference_2 is 'Second reference; empty where blank';
comment on column marts.after_close.detail_sequence is 'Line of the entry; empty where blank';
comment on column marts.after_close.seen_at is
'When the sync that saw it first began to read: by the clock of the warehouse';
comment on column marts.after_close.month is 'First day of the month of the transaction''s date: the closed one';
comment on column marts.after_close.closed_at is 'Since when the month is closed';
comment on column marts.after_close.action is
'posted: it was not there before. deleted: it is there no longer. changed: amount, hours, quantity, vendor or '
'description differ. A change of the date or the phase is one deleted and one posted';
comment on column marts.after_close.transactions_before is 'How many went, or were changed';
comment on column marts.after_close.transactions_after is 'How many came, or what they were changed to';
comment on column marts.after_close.amount_before is 'Sum of tran_amount of those that went';
comment on column marts.after_close.amount_after is 'Sum of tran_amount of those that came';
comment on column marts.after_close.amount_change is 'amount_after - amount_before: how the cost of the month has changed';
comment on column marts.after_close.hours_before is 'Sum of total_hours of those that went';
comment on column marts.after_close.hours_after is 'Sum of total_hours of those that came';
comment on column marts.after_close.vendor_code is 'Vendor: afterwards, or before it was deleted';
comment on column marts.after_close.description is 'What it is for: afterwards, or before it was deleted';
comment on column marts.after_close.landing_id is 'The landing that saw it, in sync.landings; null where that is not known';
comment on column marts.after_close.run_id is 'The Airflow run that saw it; null where that is not known';
comment on column marts.after_close.first_written_at is
'When publish_marts wrote the row first: later than the sync, and where it had to wait by long';

create table sync.told_after_close (
    company_code text primary key,
    written_until timestamptz not null
);

comment on table sync.told_after_close is
'One row a company: up to where the daily digest has told of changes in its closed months.';
comment on column sync.told_after_close.company_code is 'Spectrum company';
comment on column sync.told_after_close.written_until is
'The newest first_written_at of marts.after_close that people were told of. The marts of a company are written by one '
'run at a time, so that what is committed later was written later';

-- A view: it is what after_close adds up to.
create view marts.late_costs as
with followed as (
    select
        change.*,
        min(change.seen_at) filter (where change.action = 'posted') over (
            partition by
                change.company_code, change.job_number, change.phase_code, change.cost_type, change.tran_date,
                change.tran_type_code, change.reference_1, change.reference_2, change.detail_sequence
        ) as first_seen_at
    from marts.after_close as change
)

select
    company_code,
    job_number,
    phase_code,
    cost_type,
    tran_date,
    tran_type_code,
    reference_1,
    reference_2,
    detail_sequence,
    month,
    closed_at,
    first_seen_at,
    min(run_id) filter (where seen_at = first_seen_at) as run_id,
    sum(transactions_after - transactions_before)::bigint as transactions,
    sum(amount_change) as amount,
    sum(hours_after - hours_before) as hours,
    (array_agg(vendor_code order by seen_at desc))[1] as vendor_code,
    (array_agg(description order by seen_at desc))[1] as description
from followed
where seen_at >= first_seen_at
group by
    company_code, job_number, phase_code, cost_type, tran_date, tran_type_code, reference_1, reference_2,
    detail_sequence, month, closed_at, first_seen_at
having sum(transactions_after - transactions_before) > 0;

comment on view marts.late_costs is
'One row a job cost transaction that was first seen after its month was closed, and is still there: as it is now. Told '
'apart as in after_close.';
comment on column marts.late_costs.company_code is 'Spectrum company';
comment on column marts.late_costs.job_number is 'Job number';
comment on column marts.late_costs.phase_code is 'Phase, without separators';
comment on column marts.late_costs.cost_type is 'Cost type';
comment on column marts.late_costs.tran_date is 'Date of the transaction';
comment on column marts.late_costs.tran_type_code is 'Where it was entered, as in job_cost_transactions; empty where blank';
comment on column marts.late_costs.reference_1 is 'Reference; empty where blank';
comment on column marts.late_costs.reference_2 is 'Second reference; empty where blank';
comment on column marts.late_costs.detail_sequence is 'Line of the entry; empty where blank';
comment on column marts.late_costs.month is 'First day of the month of the transaction''s date: the closed one';
comment on column marts.late_costs.closed_at is 'Since when the month is closed';
comment on column marts.late_costs.first_seen_at is 'When the sync that saw it first began to read';
comment on column marts.late_costs.run_id is 'The Airflow run of that sync; null where that is not known';
comment on column marts.late_costs.transactions is 'How many transactions it is';
comment on column marts.late_costs.amount is 'Sum of tran_amount, with what was changed since';
comment on column marts.late_costs.hours is 'Sum of total_hours, with what was changed since';
comment on column marts.late_costs.vendor_code is 'Vendor';
comment on column marts.late_costs.description is 'What it is for';

create table marts.subcontract_status (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    vendor_code text collate "C" not null,
    subcontract_number text collate "C" not null,
    vendor_name text,
    job_description text,
    status_code text,
    date_issued date,
    retention_percent numeric,
    lines bigint not null,
    original_amount numeric not null,
    executed_changes numeric not null,
    pending_changes numeric not null,
    revised_amount numeric not null,
    committed_amount numeric not null,
    invoiced numeric,
    paid numeric,
    retained numeric,
    balance numeric,
    to_pay numeric,
    overbilled boolean,
    header_amount numeric,
    header_difference numeric,
    lines_invoiced numeric,
    invoiced_difference numeric,
    header_staged boolean not null,
    primary key (company_code, job_number, vendor_code, subcontract_number)
);

comment on table marts.subcontract_status is
'One row a subcontract: what was agreed, what was changed, invoiced, paid and retained, and what is still to come. A '
'subcontract whose own row is rejected or not there is a row, too, by its lines and changes.';
comment on column marts.subcontract_status.company_code is 'Spectrum company';
comment on column marts.subcontract_status.job_number is 'Job number';
comment on column marts.subcontract_status.vendor_code is 'Vendor (subcontractor)';
comment on column marts.subcontract_status.subcontract_number is 'Subcontract number, unique for a vendor';
comment on column marts.subcontract_status.vendor_name is 'The vendor''s name now; null where the vendor is not staged';
comment on column marts.subcontract_status.job_description is 'Job name; null where the job is not staged';
comment on column marts.subcontract_status.status_code is 'A active, I inactive, C complete';
comment on column marts.subcontract_status.date_issued is 'When it was issued';
comment on column marts.subcontract_status.retention_percent is 'Retention, in percent';
comment on column marts.subcontract_status.lines is 'How many lines it has (subcontract_items)';
comment on column marts.subcontract_status.original_amount is
'Sum of original_contract_amount of its lines (subcontract_items)';
comment on column marts.subcontract_status.executed_changes is
'Sum of sub_amount of its changes whose sub_status is E (subcontract_changes)';
comment on column marts.subcontract_status.pending_changes is
'Sum of sub_amount of its changes whose sub_status is P (subcontract_changes)';
comment on column marts.subcontract_status.revised_amount is 'original_amount + executed_changes';
comment on column marts.subcontract_status.committed_amount is
'revised_amount, or 0 where the subcontract is inactive or was deleted: as in committed_cost of job_cost_summary';
comment on column marts.subcontract_status.invoiced is
'total_billed of the subcontract, as Spectrum keeps it; null where it is not shown';
comment on column marts.subcontract_status.paid is 'total_paid of the subcontract; null where it is not shown';
comment on column marts.subcontract_status.retained is
'retention_balance of the subcontract: invoiced, and held back from payment; null where it is not shown';
comment on column marts.subcontract_status.balance is
'revised_amount - invoiced: what is still to be invoiced; negative where more was invoiced than agreed';
comment on column marts.subcontract_status.to_pay is
'invoiced - paid - retained: what is invoiced, neither paid nor held back. Retention counts as 0 where it is not shown';
comment on column marts.subcontract_status.overbilled is 'Whether more was invoiced than revised_amount';
comment on column marts.subcontract_status.header_amount is
'original_amount of the subcontract''s own row, as Spectrum keeps it beside the lines';
comment on column marts.subcontract_status.header_difference is 'header_amount - original_amount: 0 where both agree';
comment on column marts.subcontract_status.lines_invoiced is
'Sum of amount_billed_to_date of its lines, as Spectrum keeps it beside total_billed';
comment on column marts.subcontract_status.invoiced_difference is 'lines_invoiced - invoiced: 0 where both agree';
comment on column marts.subcontract_status.header_staged is
'Whether the subcontract''s own row is staged: without it nothing is known of invoices and payments';

create table marts.rejected_amounts (
    company_code text collate "C" not null,
    table_name text collate "C" not null,
    job_number text collate "C" not null,
    amount_name text collate "C" not null,
    object_name text not null,
    rejected_rows bigint not null,
    unreadable_rows bigint not null,
    rejected_amount numeric,
    kept_rows bigint not null,
    kept_amount numeric,
    missing_rows bigint not null,
    missing_amount numeric,
    since timestamptz,
    primary key (company_code, table_name, job_number, amount_name)
);

comment on table marts.rejected_amounts is
'One row a staged table, job and amount: how many rows of Spectrum could not be staged, and how much money the figures '
'lack. Counts and sums only: what the rows hold, and why they were rejected, is in sync.rejected_rows, for operators.';
comment on column marts.rejected_amounts.company_code is 'Spectrum company';
comment on column marts.rejected_amounts.table_name is 'Staged table';
comment on column marts.rejected_amounts.job_number is 'Job, where it can be read; else empty';
comment on column marts.rejected_amounts.amount_name is
'Column of the staged table that holds the money; empty where the table has none';
comment on column marts.rejected_amounts.object_name is 'Importable object; its DAG is stage_ and this name';
comment on column marts.rejected_amounts.rejected_rows is 'Rows of Spectrum that are rejected now';
comment on column marts.rejected_amounts.unreadable_rows is
'How many of them hold no number there, so that their amount is not in rejected_amount';
comment on column marts.rejected_amounts.rejected_amount is
'Sum of what the rejected rows hold in Spectrum; null where the table has no amounts';
comment on column marts.rejected_amounts.kept_rows is
'Rows that were staged before they were rejected: their last good version is still in the figures';
comment on column marts.rejected_amounts.kept_amount is 'Sum of what those are still counted with';
comment on column marts.rejected_amounts.missing_rows is 'rejected_rows - kept_rows: rows that no figure counts';
comment on column marts.rejected_amounts.missing_amount is
'rejected_amount - kept_amount: what the figures would change by, if the rows were staged as they are in Spectrum';
comment on column marts.rejected_amounts.since is 'When the oldest of them was rejected';
