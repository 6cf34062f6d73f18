-- Names that several customers have which are not inactive, ignoring case and repeated blanks.
select
    regexp_replace(lower(name), '\s+', ' ', 'g') as customer_name,
    string_agg(customer_code, ', ' order by customer_code) as customer_codes,
    count(*) as row_count
from {{ batch }}
where
    status is distinct from 'I'
    and name is not null
group by regexp_replace(lower(name), '\s+', ' ', 'g')
having count(*) > 1
