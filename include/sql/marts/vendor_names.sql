-- Vendors that were renamed, or staged only after their postings. One that is deleted keeps its name. Of vendors of another
-- company no news of this one tells.
update marts.vendor_spend as spend
set vendor_name = vendor.vendor_name
from spectrum.vendors as vendor
where
    spend.company_code = {{ "company_code" | bound }}
    and spend.vendor_company_code = vendor.company_code
    and spend.vendor_code = vendor.vendor_code
    and (
        vendor._changed_at >= {{ "since_vendors" | bound }}
        or vendor.company_code <> {{ "company_code" | bound }}
    )
    and spend.vendor_name is distinct from vendor.vendor_name
