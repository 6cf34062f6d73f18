"""What is agreed and billed on the jobs of the page's warehouse: contracts, billings, subcontracts, purchase orders.

Of every eighth job no contract is staged; every sixth is billed by time and material; job 24-0003 has two customers.
"""

from __future__ import annotations

#: The columns of the system, as every staged table has them, and what stands in them.
_SYSTEM = {":system": "_row_hash, _run_id, _read_at, _changed_at", ":stamp": "gen_random_uuid(), 'seed', now(), now()"}

_CUSTOMERS = """
insert into spectrum.customers (company_code, customer_code, name, status, :system)
select '1', 'C' || n, (array['Alder County', 'Bishop Health', 'City of Westfield', 'Dunmore Schools'])[1 + n %% 4]
    || ' ' || n, 'A', :stamp
from generate_series(0, 19) as n;
"""
_CONTRACTS = """
insert into spectrum.prime_contracts (company_code, customer_code, job_number, contract_number, contract_description,
    price_method_code, original_contract, contract_date, status_code, retention_percent, contracts_of_job, importable,
    :system)
select '1', customer_code, job_number, 'K-' || job_number, 'General contract', price, amount, date '2025-01-02', 'A',
    10, 1, true, :stamp
from (
    select jobs.job_number, jobs.customer_code, jobs.n,
        case when n %% 6 = 0 then 'T' when n %% 11 = 0 then 'U' else 'F' end as price,
        round(1.12 * sum(budgets.original_estimate), -3) as amount
    from (select *, substr(job_number, 4)::int as n from spectrum.jobs) as jobs
    join spectrum.budgets using (company_code, job_number)
    group by jobs.job_number, jobs.customer_code, jobs.n
) as jobs
where n %% 8 <> 5
union all
select '1', 'C19', '24-0003', 'K-2', 'Tenant work', 'F', 48000, date '2025-03-01', 'A', 5, 2, false, :stamp;
insert into spectrum.prime_contract_items (company_code, customer_code, job_number, billing_item, billing_description,
    original_contract, :system)
select '1', customer_code, job_number, item, what, round(original_contract * part, 2), :stamp
from spectrum.prime_contracts, (values ('010', 'General requirements', 0.25), ('020', 'Structure', 0.5),
    ('030', 'Systems', 0.25)) as lines (item, what, part);
"""
_CHANGES = """
insert into spectrum.change_request_statuses (company_code, status_code, description, cr_type, :system)
select '1', code, title, type, :stamp
from (values ('A', 'Approved by owner', '1'), ('P', 'Priced', '3')) as statuses (code, title, type);
insert into spectrum.change_requests (company_code, job_number, customer_code, change_request_number, cr_description,
    status, change_order_number, origination_date, approved_date, :system)
select '1', job_number, customer_code, number, what, status, change_order, date '2025-04-01', approved, :stamp
from spectrum.prime_contracts, (values ('901', 'Rock excavation', 'P', '1', date '2025-05-06'),
    ('902', 'Upgraded glazing', 'A', null, date '2025-06-10'), ('903', 'Canopy', 'P', null, null))
    as changes (number, what, status, change_order, approved)
where contract_number <> 'K-2';
insert into spectrum.change_request_revenues (company_code, job_number, customer_code, change_request_number,
    billing_item, description, cr_revenue, :system)
select '1', job_number, customer_code, change_request_number, '020', cr_description,
    case change_request_number when '901' then 24000.50 when '902' then -3500.25 else 9999.99 end, :stamp
from spectrum.change_requests;
"""
_BILLINGS = """
insert into spectrum.billing_applications (company_code, customer_code, job_number, application_number,
    period_end_date, application_date, original_contract_amount, change_order_total, revised_contract_amount,
    complete_to_date, material_stored, retention_percent, retention_amount, material_stored_retention,
    amount_billed_previous, amount_due, :system)
select '1', customer_code, job_number, n::text, ended, ended + 5, original_contract, 20500.25,
    original_contract + 20500.25, round(original_contract * least(1.0, n * 0.09), 2), 1500, 10,
    round(original_contract * least(1.0, n * 0.09) * 0.1, 2), 150,
    round(original_contract * least(1.0, (n - 1) * 0.09), 2), round(original_contract * 0.081, 2), :stamp
from spectrum.prime_contracts, generate_series(1, 10) as n,
    lateral (select (date '2025-02-01' + (2 * n - 1) * interval '1 month' - interval '1 day')::date as ended) as at
where price_method_code <> 'T' and contract_number <> 'K-2';
insert into spectrum.receivable_invoices (company_code, customer_code, job_number, invoice_or_transaction,
    transaction_type, invoice_date, invoice_extension, sales_tax_amount, retention_amount, reversed, remarks, :system)
select '1', customer_code, job_number, substr(job_number, 4) || '-' || n, 'I', date '2025-03-01' + n * 61,
    round(original_contract * 0.09, 2), 0, round(original_contract * 0.009, 2), case n when 3 then 'Y' else 'N' end,
    'Work in ' || to_char(date '2025-03-01' + n * 61, 'FMMonth YYYY'), :stamp
from spectrum.prime_contracts, generate_series(1, 9) as n
where contract_number <> 'K-2';
insert into spectrum.open_receivables (company_code, customer_code, job_number, invoice_or_transaction,
    transaction_type, invoice_balance, :system)
select '1', customer_code, job_number, invoice_or_transaction, transaction_type, invoice_extension - 1000.10, :stamp
from spectrum.receivable_invoices where invoice_or_transaction ~ '-[89]$';
"""
_SUBCONTRACTORS = """
update spectrum.subcontracts as contract
set retention_percent = 10, total_billed = round(original * 0.6, 2), total_paid = round(original * 0.5, 2),
    retention_balance = round(original * 0.06, 2)
from (
    select job_number, subcontract_number, sum(original_contract_amount) as original
    from spectrum.subcontract_items group by job_number, subcontract_number
) as lines
where contract.job_number = lines.job_number and contract.subcontract_number = lines.subcontract_number;
update spectrum.subcontracts set total_billed = total_billed * 2 where subcontract_number = 'S09250';
update spectrum.subcontract_items set amount_billed_to_date = round(original_contract_amount * 0.6, 2);
insert into spectrum.vendor_invoices (company_code, vendor_code, invoice_number, invoice_type_code, vendor_name,
    subcontract_number, status, invoice_date, due_date, invoice_amount, signed_invoice_amount, signed_retention_amount,
    :system)
select '1', vendor_code, 'V' || job_number, 'I', 'Acme Building Supply', subcontract_number, 'O', date '2025-06-30',
    date '2025-07-30', total_billed, total_billed, retention_balance, :stamp
from spectrum.subcontracts where subcontract_number = 'S05120';
insert into spectrum.vendor_invoice_distributions (company_code, vendor_code, invoice_number, invoice_type_code,
    sequence, job_number, phase_code, cost_type, job_company_code, debit_amount, credit_amount, net_amount, :system)
select '1', vendor_code, 'V' || job_number, 'I', '1', job_number, '05120', 'S', '1', total_billed, 0, total_billed,
    :stamp
from spectrum.subcontracts where subcontract_number = 'S05120';
"""
_ORDERS = """
insert into spectrum.purchase_orders (company_code, po_number, vendor_code, job_number, order_date, delivery_date,
    po_total_amount, :system)
select '1', 'PO' || substr(job_number, 4) || n, 'ACME', job_number, date '2025-02-10' + n, date '2025-06-20' + n,
    30000, :stamp
from spectrum.jobs, generate_series(1, 2) as n;
insert into spectrum.purchase_order_lines (company_code, po_number, line_number, job_number, phase_code, cost_type,
    item_description, ordered_quantity, unit_of_measure, line_extension, received_extension, open_amount, :system)
select '1', po_number, line, job_number, phase, 'M', title, 10, 'EA', amount, received, amount - received, :stamp
from spectrum.purchase_orders, (values ('1', '03300', 'Rebar', 18000.75, 4000.25), ('2', '08100', 'Hollow metal doors',
    12000.00, 12500.00)) as lines (line, phase, title, amount, received);
"""


def _whole(statement: str) -> str:
    for name, text in _SYSTEM.items():
        statement = statement.replace(name, text)
    return statement


STATEMENTS = tuple(map(_whole, (_CUSTOMERS, _CONTRACTS, _CHANGES, _BILLINGS, _SUBCONTRACTORS, _ORDERS)))
