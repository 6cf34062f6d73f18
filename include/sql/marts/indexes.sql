-- What the marts look postings up by, made once by the first publish_marts: a first load of millions of rows, which no
-- mart has read yet, does not pay for them.
create index if not exists job_cost_transactions_by_change
on spectrum.job_cost_transactions (company_code, _changed_at);

create index if not exists job_cost_transactions_by_code
on spectrum.job_cost_transactions (company_code, job_number, phase_code, cost_type, _month);

create index if not exists job_cost_transactions_by_vendor
on spectrum.job_cost_transactions (company_code, vendor_code, job_number, _month)
where vendor_code is not null;

create index if not exists job_cost_transactions_history_by_end
on history.job_cost_transactions (company_code, _valid_to);
