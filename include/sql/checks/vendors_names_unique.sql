-- Names that several vendors have which are not inactive, ignoring case and repeated blanks, as a match by name
-- does (C2).
select
    regexp_replace(lower(vendor_name), '\s+', ' ', 'g') as vendor_name,
    string_agg(vendor_code, ', ' order by vendor_code) as vendor_codes,
    count(*) as row_count
from {{ batch }}
where status is distinct from 'I'
group by regexp_replace(lower(vendor_name), '\s+', ' ', 'g')
having count(*) > 1
