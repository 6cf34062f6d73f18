-- What is promised to vendors, what is ordered and not received, and what vendors have invoiced to jobs.
create table marts.commitments (
    company_code text collate "C" not null,
    kind text collate "C" not null check (kind in ('subcontract', 'purchase order')),
    document_number text collate "C" not null,
    vendor_code text collate "C" not null,
    job_number text collate "C" not null,
    phase_code text collate "C" not null,
    cost_type text collate "C" not null,
    original_amount numeric,
    executed_changes numeric not null,
    committed_amount numeric,
    incurred_amount numeric,
    open_amount numeric,
    primary key (company_code, kind, document_number, vendor_code, job_number, phase_code, cost_type)
);

create index commitments_by_code on marts.commitments (company_code, job_number, phase_code, cost_type);

comment on table marts.commitments is
'One row a subcontract or purchase order, job, phase and cost type: what is promised, and what of it was invoiced or '
'received. By job, phase and cost type it adds up to committed_cost of job_cost_summary.';
comment on column marts.commitments.company_code is 'Spectrum company';
comment on column marts.commitments.kind is 'subcontract or purchase order';
comment on column marts.commitments.document_number is 'Number of the subcontract, unique for a vendor, or of the order';
comment on column marts.commitments.vendor_code is 'Vendor; empty for an order without one';
comment on column marts.commitments.job_number is 'Job number: of an order, the line''s';
comment on column marts.commitments.phase_code is 'Phase, without separators; empty where it is not known';
comment on column marts.commitments.cost_type is 'Cost type; empty where it is not known';
comment on column marts.commitments.original_amount is
'Subcontract: sum of original_contract_amount of its lines (subcontract_items). Order: sum of line_extension of its '
'lines (purchase_order_lines). Null, like all that follows from it, where the site does not show it of each';
comment on column marts.commitments.executed_changes is
'Subcontract: sum of sub_amount of its changes whose sub_status is E (subcontract_changes). Order: 0';
comment on column marts.commitments.committed_amount is
'original_amount + executed_changes, of all that are neither deleted nor, of subcontracts, inactive; all of it, paid or '
'not';
comment on column marts.commitments.incurred_amount is
'Subcontract: sum of amount_billed_to_date of its lines, 0 where only a change is on the phase; null, meaning not known, '
'where no line of the company shows it. Order: sum of received_extension of its lines';
comment on column marts.commitments.open_amount is
'Subcontract: committed_amount - incurred_amount, below 0 where more was invoiced. Order: what is not received of each '
'line; where more came than was ordered, nothing of that line is open';

create table marts.open_purchase_orders (
    company_code text collate "C" not null,
    po_number text collate "C" not null,
    line_number text collate "C" not null,
    vendor_code text collate "C",
    vendor_name text,
    job_number text collate "C",
    phase_code text collate "C",
    cost_type text collate "C",
    item_description text,
    order_date date,
    delivery_date date,
    status_flag text,
    ordered_amount numeric,
    received_amount numeric,
    open_amount numeric,
    order_staged boolean not null,
    primary key (company_code, po_number, line_number)
);

comment on table marts.open_purchase_orders is
'One row a line of a purchase order of which something is not received yet. Whether Spectrum has closed the order short '
'is not known: what status_flag means is not documented.';
comment on column marts.open_purchase_orders.company_code is 'Spectrum company';
comment on column marts.open_purchase_orders.po_number is 'Purchase order number';
comment on column marts.open_purchase_orders.line_number is 'Number of the line';
comment on column marts.open_purchase_orders.vendor_code is 'Vendor of the order (purchase_orders)';
comment on column marts.open_purchase_orders.vendor_name is 'The vendor''s name now; null where the vendor is not staged';
comment on column marts.open_purchase_orders.job_number is
'Job of the line, which may be another than the order''s; null for stock, equipment or overhead';
comment on column marts.open_purchase_orders.phase_code is 'Phase of the line, without separators';
comment on column marts.open_purchase_orders.cost_type is 'Cost type of the line';
comment on column marts.open_purchase_orders.item_description is 'What is ordered';
comment on column marts.open_purchase_orders.order_date is 'When it was ordered (purchase_orders)';
comment on column marts.open_purchase_orders.delivery_date is
'When it is to be delivered: of the line, else of the order';
comment on column marts.open_purchase_orders.status_flag is 'Status of the order, as Spectrum has it';
comment on column marts.open_purchase_orders.ordered_amount is 'line_extension of the line, without tax; null where the site does not show it';
comment on column marts.open_purchase_orders.received_amount is 'received_extension of the line; null where the site does not show it';
comment on column marts.open_purchase_orders.open_amount is
'Null where one of both is not known. ordered_amount - received_amount: above 0, or below 0 of a credit, whose ordered_amount is below 0';
comment on column marts.open_purchase_orders.order_staged is
'Whether the order itself is staged: without it neither vendor nor dates are known';

create table marts.payables_by_job (
    company_code text collate "C" not null,
    vendor_code text collate "C" not null,
    invoice_number text collate "C" not null,
    invoice_type_code text collate "C" not null,
    job_company_code text collate "C" not null,
    job_number text collate "C" not null,
    vendor_name text,
    subcontract_number text,
    status text,
    invoice_date date,
    due_date date,
    job_amount numeric,
    distributed_amount numeric,
    invoice_amount numeric,
    retained_amount numeric,
    paid_amount numeric,
    discount_taken numeric,
    open_amount numeric,
    job_open_amount numeric,
    job_paid_amount numeric,
    invoice_staged boolean not null,
    primary key (company_code, vendor_code, invoice_number, invoice_type_code, job_company_code, job_number)
);

create index payables_by_job_by_job on marts.payables_by_job (job_company_code, job_number);

comment on table marts.payables_by_job is
'One row a vendor invoice or credit and job: what the job bears of it, and what of that is paid and open. Add up the '
'columns that begin with job_; the others are of the whole invoice and repeated for each of its jobs. What is owed adds '
'up over all rows, with those without a job.';
comment on column marts.payables_by_job.company_code is 'Spectrum company that owes';
comment on column marts.payables_by_job.vendor_code is 'Vendor';
comment on column marts.payables_by_job.invoice_number is 'Invoice number, unique for a vendor and type';
comment on column marts.payables_by_job.invoice_type_code is 'I invoice, C credit';
comment on column marts.payables_by_job.job_company_code is 'Company of the job, which may be another';
comment on column marts.payables_by_job.job_number is
'Job; empty for what no job bears, such as overhead, and for what the invoice amounts to beyond its staged lines';
comment on column marts.payables_by_job.vendor_name is 'The vendor''s name now; else as the invoice has it';
comment on column marts.payables_by_job.subcontract_number is 'Subcontract of the vendor that is invoiced';
comment on column marts.payables_by_job.status is 'O open; P and C are not documented';
comment on column marts.payables_by_job.invoice_date is 'Date of the invoice';
comment on column marts.payables_by_job.due_date is 'When it is due';
comment on column marts.payables_by_job.job_amount is
'What the job bears: sum of net_amount (debit less credit) of its lines (vendor_invoice_distributions), never a share of '
'the invoice''s amount. Null where the site does not show debits or credits';
comment on column marts.payables_by_job.distributed_amount is 'The same over all jobs and what no job bears';
comment on column marts.payables_by_job.invoice_amount is
'signed_invoice_amount of the invoice (vendor_invoices), below 0 for a credit; null where the invoice is not staged';
comment on column marts.payables_by_job.retained_amount is
'signed_retention_amount of the invoice: what was retained of it as invoiced, paid since or not';
comment on column marts.payables_by_job.paid_amount is
'Sum of signed_payment_amount of its payments (vendor_payments); null where the site does not show payments or their '
'amounts';
comment on column marts.payables_by_job.discount_taken is
'Sum of discount_taken of its payments, below 0 for a credit';
comment on column marts.payables_by_job.open_amount is
'invoice_amount - paid_amount - discount_taken, retention that is not paid included; 0 where paid_amount alone is '
'invoice_amount. Inferred: whether a payment is before or after its discount is not documented. Null where the invoice '
'is not staged';
comment on column marts.payables_by_job.job_open_amount is
'job_amount - job_paid_amount; of the row without a job, with what invoice_amount is beyond distributed_amount, so that '
'it adds up to open_amount over all rows of the invoice. Null where the invoice is not staged';
comment on column marts.payables_by_job.job_paid_amount is
'What is paid of it: invoice_amount - open_amount in proportion of job_amount to invoice_amount, in cents that add up '
'over all rows of the invoice. An estimate where an invoice of several jobs is paid in part, since payments name no job. '
'Of an invoice of 0, all of it is on the row without a job. Null where the invoice is not staged';
comment on column marts.payables_by_job.invoice_staged is 'Whether the invoice itself is staged';

comment on column marts.job_cost_summary.committed_cost is
'Sum of committed_amount of the phase and cost type in marts.commitments: subcontracts with their executed changes, and '
'lines of purchase orders where those are staged. All of it, paid or not. Null, meaning not known, until subcontracts of '
'the company have been staged';
