-- Where postings came or went since: what their months, codes and vendors add up to may differ. A whole computation needs
-- no such list.
create temporary table _changed_postings on commit drop as
select
    job_number,
    phase_code,
    cost_type,
    ap_company_code,
    vendor_code,
    _month
from spectrum.job_cost_transactions
where
    not {{ "whole" | bound }}
    and company_code = {{ "company_code" | bound }}
    and _changed_at >= {{ "since_job_cost_transactions" | bound }}
union
select
    job_number,
    phase_code,
    cost_type,
    ap_company_code,
    vendor_code,
    _month
from history.job_cost_transactions
where
    not {{ "whole" | bound }}
    and company_code = {{ "company_code" | bound }}
    and _valid_to >= {{ "since_job_cost_transactions" | bound }}
