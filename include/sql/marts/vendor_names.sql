-- Vendors that were renamed, or staged only after their postings. One that is deleted keeps its name.
update marts.vendor_spend as spend
set vendor_name = vendor.vendor_name
from spectrum.vendors as vendor
where
    vendor.company_code = {{ "company_code" | bound }}
    and vendor._changed_at >= {{ "since_vendors" | bound }}
    and spend.company_code = {{ "company_code" | bound }}
    and spend.vendor_code = vendor.vendor_code
    and spend.vendor_name is distinct from vendor.vendor_name
