-- Living rows of a run's scope, without those that are kept because the source's version of them is rejected.
select count(*)
from {{ staged | ident }}
where company_code = {{ "company_code" | bound }} and _deleted_at is null and _rejected_at is null and {{ scope }}
