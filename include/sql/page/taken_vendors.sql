-- Vendors that Spectrum had under a code at the last sync, active or not: a code is never used twice.
select
    asked.place,
    vendors.vendor_name as title,
    vendors._read_at as read_at
from
    unnest({{ "keys" | bound }}::text[], {{ "companies" | bound }}::text[])
    with ordinality as asked (key, company_code, place)
inner join spectrum.vendors
    on
        asked.company_code = vendors.company_code
        and export.compared('vendor', asked.key) = upper(vendors.vendor_code)
where vendors._deleted_at is null
