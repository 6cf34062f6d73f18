-- The fingerprints that were published, in the same transaction as their rows. A partition that is gone keeps an empty
-- one, so that whoever depends on it learns that it changed.
insert into sync.partitions as published (
    company_code, job_number, partition_month, source_rows, amount_sum, hours_sum, quantity_sum, checksum, spec_hash,
    read_at, changed_at, landing_id
)
select
    {{ "company_code" | bound }},
    job_number,
    partition_month,
    source_rows,
    amount_sum,
    hours_sum,
    quantity_sum,
    checksum,
    {{ "spec_hash" | bound }},
    {{ "read_at" | bound }},
    {{ "read_at" | bound }},
    {{ "landing_id" | bound }}
from {{ replaced | ident }}
on conflict (company_code, job_number, partition_month) do update
set
    source_rows = excluded.source_rows,
    amount_sum = excluded.amount_sum,
    hours_sum = excluded.hours_sum,
    quantity_sum = excluded.quantity_sum,
    checksum = excluded.checksum,
    spec_hash = excluded.spec_hash,
    read_at = excluded.read_at,
    changed_at = case
        when
            (published.source_rows, published.checksum, published.amount_sum)
            is distinct from (excluded.source_rows, excluded.checksum, excluded.amount_sum)
            then excluded.changed_at
        else published.changed_at
    end,
    landing_id = excluded.landing_id
