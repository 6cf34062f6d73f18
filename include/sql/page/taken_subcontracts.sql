-- Subcontracts that Spectrum had under a vendor's number at the last sync: the same number of another vendor is free.
select
    asked.place,
    subcontracts.job_number as title,
    subcontracts._read_at as read_at
from
    unnest({{ "keys" | bound }}::text[], {{ "companies" | bound }}::text[])
    with ordinality as asked (key, company_code, place)
inner join spectrum.subcontracts
    on
        asked.company_code = subcontracts.company_code
        and export.compared('subcontract', asked.key)
        = upper(concat_ws('/', subcontracts.vendor_code, subcontracts.subcontract_number))
where subcontracts._deleted_at is null
