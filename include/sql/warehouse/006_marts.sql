-- Tables for analysts. Everything here is computed from the schema spectrum by `publish_marts`, which rewrites the rows
-- whose sources changed, and can be computed again at any time.
create schema marts;

comment on schema marts is
'Answers to what job cost people ask, computed from the staged tables. Every row can be added up from them.';

create table marts.job_cost_by_month (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    phase_code text collate "C" not null,
    cost_type text collate "C" not null,
    month date not null,
    actual_cost numeric not null,
    actual_hours numeric not null,
    actual_quantity numeric not null,
    transactions bigint not null,
    primary key (company_code, job_number, phase_code, cost_type, month)
);

comment on table marts.job_cost_by_month is
'One row a job, phase, cost type and month with job cost transactions: what they add up to.';
comment on column marts.job_cost_by_month.company_code is 'Spectrum company';
comment on column marts.job_cost_by_month.job_number is 'Job number';
comment on column marts.job_cost_by_month.phase_code is 'Phase, without separators';
comment on column marts.job_cost_by_month.cost_type is 'Cost type';
comment on column marts.job_cost_by_month.month is 'First day of the month of the transactions'' dates';
comment on column marts.job_cost_by_month.actual_cost is 'Cost, in the company''s currency; may be negative';
comment on column marts.job_cost_by_month.actual_hours is 'Hours';
comment on column marts.job_cost_by_month.actual_quantity is 'Quantity, in the unit of the phase';
comment on column marts.job_cost_by_month.transactions is 'How many transactions';

create table marts.job_cost_summary (
    company_code text collate "C" not null,
    job_number text collate "C" not null,
    phase_code text collate "C" not null,
    cost_type text collate "C" not null,
    description text,
    status_code text,
    original_estimate numeric not null,
    estimate_adjustments numeric not null,
    approved_changes numeric not null,
    current_estimate numeric not null,
    committed_cost numeric,
    actual_cost numeric not null,
    actual_hours numeric not null,
    actual_quantity numeric not null,
    transactions bigint not null,
    estimated_hours numeric not null,
    projected_cost numeric not null,
    projection_entered boolean not null,
    remaining numeric not null,
    variance numeric not null,
    percent_complete numeric,
    percent_spent numeric,
    primary key (company_code, job_number, phase_code, cost_type)
);

comment on table marts.job_cost_summary is
'One row a job, phase and cost type: budget, changes, cost to date and what it will cost. Amounts that nobody entered '
'are 0, so that columns add up.';
comment on column marts.job_cost_summary.company_code is 'Spectrum company';
comment on column marts.job_cost_summary.job_number is 'Job number';
comment on column marts.job_cost_summary.phase_code is 'Phase, without separators';
comment on column marts.job_cost_summary.cost_type is 'Cost type';
comment on column marts.job_cost_summary.description is 'What the phase is; null for costs on a phase that is not staged';
comment on column marts.job_cost_summary.status_code is 'A active, I inactive, C complete; null as the description';
comment on column marts.job_cost_summary.original_estimate is 'Original estimated cost';
comment on column marts.job_cost_summary.estimate_adjustments is 'Sum of posted estimate adjustments';
comment on column marts.job_cost_summary.approved_changes is 'Sum of approved change requests';
comment on column marts.job_cost_summary.current_estimate is 'Original estimate + adjustments + approved changes';
comment on column marts.job_cost_summary.committed_cost is
'Null, meaning not known: subcontracts and purchase orders are not among the staged objects (A6), and the sum of those '
'that were exported from Procore would leave out the ones entered in Spectrum';
comment on column marts.job_cost_summary.actual_cost is 'Job-to-date cost: the sum of the staged transactions';
comment on column marts.job_cost_summary.actual_hours is 'Job-to-date hours of the staged transactions';
comment on column marts.job_cost_summary.actual_quantity is 'Job-to-date quantity of the staged transactions';
comment on column marts.job_cost_summary.transactions is 'How many transactions that is';
comment on column marts.job_cost_summary.estimated_hours is 'Current estimated hours';
comment on column marts.job_cost_summary.projected_cost is
'Cost at completion: Spectrum''s projection where there is one, else the greater of current estimate and cost to date';
comment on column marts.job_cost_summary.projection_entered is
'Whether projected_cost is Spectrum''s. Only GetPhase gives projections; one of 0 counts as none';
comment on column marts.job_cost_summary.remaining is 'Current estimate - cost to date; negative when overspent';
comment on column marts.job_cost_summary.variance is 'Current estimate - projected cost; negative when it will cost more';
comment on column marts.job_cost_summary.percent_complete is
'Cost to date in percent of the projected cost; null where that is 0';
comment on column marts.job_cost_summary.percent_spent is
'Cost to date in percent of the current estimate; null where that is 0';

create table marts.vendor_spend (
    company_code text collate "C" not null,
    vendor_code text collate "C" not null,
    job_number text collate "C" not null,
    month date not null,
    vendor_name text,
    year integer not null,
    amount numeric not null,
    transactions bigint not null,
    primary key (company_code, vendor_code, job_number, month)
);

comment on table marts.vendor_spend is
'One row a vendor, job and month: the job cost transactions that name the vendor. Transactions without one are left out.';
comment on column marts.vendor_spend.company_code is 'Spectrum company';
comment on column marts.vendor_spend.vendor_code is 'Vendor';
comment on column marts.vendor_spend.job_number is 'Job number';
comment on column marts.vendor_spend.month is 'First day of the month of the transactions'' dates';
comment on column marts.vendor_spend.vendor_name is 'The vendor''s name now; null where the vendor is not staged';
comment on column marts.vendor_spend.year is 'Calendar year of the month';
comment on column marts.vendor_spend.amount is 'Cost, in the company''s currency; may be negative';
comment on column marts.vendor_spend.transactions is 'How many transactions';

create table marts.contract_status (
    company_code text collate "C" not null,
    customer_code text collate "C" not null,
    job_number text collate "C" not null,
    job_description text,
    contract_number text,
    contract_description text,
    price_method_code text,
    status_code text,
    contract_date date,
    retention_percent numeric,
    original_contract numeric not null,
    lines bigint not null,
    lines_total numeric not null,
    lines_difference numeric not null,
    lines_add_up boolean,
    unit_price boolean not null,
    contracts_of_job integer not null,
    several_contracts boolean not null,
    importable boolean not null,
    not_importable_reason text,
    current_estimate numeric not null,
    actual_cost numeric not null,
    projected_cost numeric not null,
    percent_complete numeric,
    primary key (company_code, customer_code, job_number)
);

comment on table marts.contract_status is
'One row a prime contract: its schedule of values, whether Procore can take it, and how far its job''s costs are. '
'Billings are not staged, so nothing here tells what was billed.';
comment on column marts.contract_status.company_code is 'Spectrum company';
comment on column marts.contract_status.customer_code is 'Customer (owner)';
comment on column marts.contract_status.job_number is 'Job number';
comment on column marts.contract_status.job_description is 'Job name; null where the job is not staged';
comment on column marts.contract_status.contract_number is 'Contract number';
comment on column marts.contract_status.contract_description is 'Contract''s description';
comment on column marts.contract_status.price_method_code is
'F fixed price, T time and material, C cost plus, U unit price';
comment on column marts.contract_status.status_code is 'Status';
comment on column marts.contract_status.contract_date is 'Date of the contract';
comment on column marts.contract_status.retention_percent is 'Retention, in percent';
comment on column marts.contract_status.original_contract is 'Original contract amount';
comment on column marts.contract_status.lines is 'Billing items of the schedule of values';
comment on column marts.contract_status.lines_total is 'What the billing items add up to';
comment on column marts.contract_status.lines_difference is 'Billing items - original contract';
comment on column marts.contract_status.lines_add_up is
'Whether the billing items add up to the contract (I4); null for unit price contracts and contracts without items';
comment on column marts.contract_status.unit_price is 'A unit price contract: not supported (I1)';
comment on column marts.contract_status.contracts_of_job is 'How many prime contracts the job has';
comment on column marts.contract_status.several_contracts is
'The job has more than one prime contract: change orders of it cannot be exported (I2)';
comment on column marts.contract_status.importable is 'Whether Procore can take it';
comment on column marts.contract_status.not_importable_reason is 'Why Procore cannot take it; null when it can';
comment on column marts.contract_status.current_estimate is
'Current estimated cost of the job; of all its contracts, where it has several';
comment on column marts.contract_status.actual_cost is 'Job-to-date cost of the job';
comment on column marts.contract_status.projected_cost is 'Cost at completion of the job, as in job_cost_summary';
comment on column marts.contract_status.percent_complete is
'Cost to date in percent of the projected cost; null where that is 0';

-- A view, because an age is only right at the moment one asks.
create view marts.freshness as
with tried as (
    select
        object_name,
        table_name,
        company_code,
        max(read_at) filter (where state in ('published', 'unchanged') and not narrowed) as last_read_at,
        max(finished_at) filter (where state = 'published') as last_publish_at,
        max(finished_at) filter (
            where state = 'published' and new_rows + changed_rows + deleted_rows > 0
        ) as last_change_at,
        (array_agg(staged_rows order by read_at desc) filter (
            where state in ('published', 'unchanged') and not narrowed
        ))[1] as staged_rows,
        (array_agg(deferred_rows order by read_at desc) filter (
            where state in ('published', 'unchanged') and not narrowed
        ))[1] as deferred_rows,
        max(finished_at) as last_try_at,
        (array_agg(state order by finished_at desc))[1] as last_try_state,
        (array_agg(message order by finished_at desc))[1] as last_try_message
    from sync.runs
    group by object_name, table_name, company_code
),

rejected as (
    select
        table_name,
        company_code,
        count(*) as rejected_rows
    from sync.rejected_rows
    where resolved_at is null
    group by table_name, company_code
)

select
    tried.object_name,
    tried.table_name,
    tried.company_code,
    tried.last_read_at,
    tried.last_publish_at,
    tried.last_change_at,
    clock_timestamp() - tried.last_read_at as age,
    tried.staged_rows,
    coalesce(rejected.rejected_rows, 0) as rejected_rows,
    tried.deferred_rows,
    tried.last_try_at,
    tried.last_try_state,
    tried.last_try_message
from tried
left join rejected
    on
        tried.table_name = rejected.table_name
        and tried.company_code = rejected.company_code;

comment on view marts.freshness is 'One row a staged table and company: how new it is, and how the last sync ended.';
comment on column marts.freshness.object_name is 'Importable object; stage_<object> is its DAG';
comment on column marts.freshness.table_name is 'Staged table';
comment on column marts.freshness.company_code is 'Spectrum company';
comment on column marts.freshness.last_read_at is
'When the whole company was last read with success: the table is at least this new. Null if only parts ever were';
comment on column marts.freshness.last_publish_at is 'When a sync last published, of the whole company or of a part';
comment on column marts.freshness.last_change_at is 'When a sync last changed a row';
comment on column marts.freshness.age is 'Time since last_read_at, at the moment of the query';
comment on column marts.freshness.staged_rows is 'Living rows after that reading, without those kept for a rejected row';
comment on column marts.freshness.rejected_rows is 'Rows of the source that are rejected now';
comment on column marts.freshness.deferred_rows is 'Rows that moved during that reading; the next run takes them';
comment on column marts.freshness.last_try_at is 'When the last sync ended, whatever came of it';
comment on column marts.freshness.last_try_state is 'published, unchanged, superseded, stopped or failed';
comment on column marts.freshness.last_try_message is 'Why it stopped or failed, and what to do';

create table sync.marts (
    mart_name text not null,
    company_code text not null,
    definition text not null,
    landing_id bigint not null,
    rebuilt_at timestamptz not null,
    whole_at timestamptz not null,
    rows_written bigint not null,
    seconds numeric(10, 1) not null,
    primary key (mart_name, company_code)
);

comment on table sync.marts is 'How new each mart is, one row a company; written with the mart''s rows.';
comment on column sync.marts.mart_name is 'Table in the schema marts';
comment on column sync.marts.company_code is 'Spectrum company';
comment on column sync.marts.definition is 'Hash of the SQL it was computed by: another one computes it whole';
comment on column sync.marts.landing_id is 'The newest landing there was; which of them are taken in says sync.mart_runs';
comment on column sync.marts.rebuilt_at is 'When changes were last taken in';
comment on column sync.marts.whole_at is 'When it was last computed whole';
comment on column sync.marts.rows_written is 'Rows inserted, updated and deleted then';
comment on column sync.marts.seconds is 'How long all marts of the company took, in seconds';

-- Syncs overlap: one that read earlier may publish later. So what the marts have taken in is a set, not a moment.
create table sync.mart_runs (
    landing_id bigint not null,
    table_name text not null,
    company_code text not null,
    finished_at timestamptz not null,
    primary key (landing_id, table_name)
);

comment on table sync.mart_runs is 'The rows of sync.runs whose changes are in the marts.';
comment on column sync.mart_runs.landing_id is 'The landing';
comment on column sync.mart_runs.table_name is 'Staged table';
comment on column sync.mart_runs.company_code is 'Spectrum company';
comment on column sync.mart_runs.finished_at is 'The outcome that was taken in: a landing that is tried again has another';

do $$
begin
    if exists (select from pg_roles where rolname = 'spectrum_analyst') then
        grant usage on schema marts to spectrum_analyst;
        grant select on all tables in schema marts to spectrum_analyst;
        grant select on sync.marts, sync.mart_runs to spectrum_analyst;
    end if;
end
$$;
