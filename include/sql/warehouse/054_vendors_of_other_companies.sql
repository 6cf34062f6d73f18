-- A job may be invoiced by a vendor of another company: another vendor than the own one of the same code.
alter table marts.vendor_spend add column vendor_company_code text collate "C";

update marts.vendor_spend set vendor_company_code = company_code;

alter table marts.vendor_spend
drop constraint vendor_spend_pkey,
add primary key (company_code, vendor_company_code, vendor_code, job_number, month);

comment on table marts.vendor_spend is
'One row a vendor, job and month: the job cost transactions that name the vendor. Transactions without one are left out.';
comment on column marts.vendor_spend.company_code is 'Spectrum company of the job';
comment on column marts.vendor_spend.vendor_company_code is
'Spectrum company that the vendor belongs to (ap_company_code of job_cost_transactions), which may be another; the job''s '
'where Spectrum names none';
comment on column marts.vendor_spend.vendor_code is 'Vendor, whose code is unique in vendor_company_code';
comment on column marts.vendor_spend.vendor_name is
'The vendor''s name now; null where the vendor is not staged. That of another company''s vendor follows with the next news '
'of the job''s company';
