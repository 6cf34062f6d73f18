-- The vendors of some types, or without one, for a run that is narrowed to these.
select vendors.vendor_code
from {{ staged | ident }} as vendors
where
    vendors.company_code = {{ "company" | bound }}
    and vendors._deleted_at is null
    and (
        btrim(vendors.type) = any({{ "types" | bound }}::text [])
        or ({{ "without_type" | bound }}::boolean and nullif(btrim(vendors.type), '') is null)
    )
    and ({{ "keys" | bound }}::text [] is null or lower(btrim(vendors.vendor_code)) = any({{ "keys" | bound }}::text []))
