-- Who owes us, and since when.
create table marts.receivables (
    company_code text collate "C" not null,
    customer_code text collate "C" not null,
    invoice_or_transaction text collate "C" not null,
    transaction_type text collate "C" not null,
    job_number text collate "C",
    customer_name text,
    invoice_date date,
    invoice_amount numeric,
    retention_amount numeric,
    open_amount numeric,
    amount numeric not null,
    basis text not null check (basis in ('open', 'invoiced')),
    primary key (company_code, customer_code, invoice_or_transaction, transaction_type)
);

comment on table marts.receivables is
'One row a receivable: an open item; or, of a company that does not show its open items (open_receivables), an invoice '
'that was not reversed, paid or not. basis says which. receivables_aging has their ages.';
comment on column marts.receivables.company_code is 'Spectrum company';
comment on column marts.receivables.customer_code is 'Customer; empty where it is not known';
comment on column marts.receivables.invoice_or_transaction is 'Invoice; empty where it is not known';
comment on column marts.receivables.transaction_type is 'Type of the transaction; empty where it is not known';
comment on column marts.receivables.job_number is
'Job: of the open item, else of the invoice; null where no job is billed, or an item without a type may be of several';
comment on column marts.receivables.customer_name is 'The customer''s name now; null where customers are not staged';
comment on column marts.receivables.invoice_date is
'Date of the invoice (receivable_invoices): the earliest of its number where the site does not show the type of open '
'items. Null where the invoice is not staged or has none';
comment on column marts.receivables.invoice_amount is
'invoice_extension of the invoice (receivable_invoices); null where an open item without a type may be of several';
comment on column marts.receivables.retention_amount is 'retention_amount of the invoice: what is held back of it';
comment on column marts.receivables.open_amount is
'invoice_balance of the open item (open_receivables); null, meaning not known, where basis is invoiced';
comment on column marts.receivables.amount is
'open_amount where basis is open, invoice_amount where it is invoiced: what was billed, not what is owed';
comment on column marts.receivables.basis is
'open: what is open is known. invoiced: it is not, and amount is all that was invoiced';

create view marts.receivables_aging as
select
    company_code,
    customer_code,
    customer_name,
    job_number,
    invoice_or_transaction,
    transaction_type,
    basis,
    invoice_date,
    current_date - invoice_date as age_days,
    case
        when invoice_date is null then 'no date'
        when current_date - invoice_date <= 30 then '0 to 30 days'
        when current_date - invoice_date <= 60 then '31 to 60 days'
        when current_date - invoice_date <= 90 then '61 to 90 days'
        else 'over 90 days'
    end as age_group,
    amount,
    case when current_date - invoice_date <= 30 then amount else 0 end as days_0_to_30,
    case when current_date - invoice_date between 31 and 60 then amount else 0 end as days_31_to_60,
    case when current_date - invoice_date between 61 and 90 then amount else 0 end as days_61_to_90,
    case when current_date - invoice_date > 90 then amount else 0 end as days_over_90,
    case when invoice_date is null then amount else 0 end as without_date,
    retention_amount
from marts.receivables;

comment on view marts.receivables_aging is
'One row a receivable with its age today, by the date of the invoice. Where basis is invoiced, these are ages of what was '
'billed, paid or not: the company does not show what is open.';
comment on column marts.receivables_aging.company_code is 'Spectrum company';
comment on column marts.receivables_aging.customer_code is 'Customer; empty where it is not known';
comment on column marts.receivables_aging.customer_name is 'The customer''s name now';
comment on column marts.receivables_aging.job_number is 'Job; null where no job is billed';
comment on column marts.receivables_aging.invoice_or_transaction is 'Invoice';
comment on column marts.receivables_aging.transaction_type is 'Type of the transaction';
comment on column marts.receivables_aging.basis is 'open: amounts are open. invoiced: they are what was invoiced';
comment on column marts.receivables_aging.invoice_date is 'Date of the invoice';
comment on column marts.receivables_aging.age_days is 'Days from the invoice''s date to today';
comment on column marts.receivables_aging.age_group is 'The same in words';
comment on column marts.receivables_aging.amount is 'What is open, or what was invoiced: see basis';
comment on column marts.receivables_aging.days_0_to_30 is 'amount, where it is at most 30 days old, or dated later than today';
comment on column marts.receivables_aging.days_31_to_60 is 'amount, where it is 31 to 60 days old';
comment on column marts.receivables_aging.days_61_to_90 is 'amount, where it is 61 to 90 days old';
comment on column marts.receivables_aging.days_over_90 is 'amount, where it is older';
comment on column marts.receivables_aging.without_date is 'amount, where the invoice has no date or is not staged';
comment on column marts.receivables_aging.retention_amount is 'What is held back of the invoice';
