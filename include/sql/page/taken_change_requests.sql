-- Change requests of a job that Spectrum had on a subcontract at the last sync; commitments and prime contracts share
-- one space of numbers. Those without a subcontract are not staged: Spectrum itself is asked before anything is sent.
select distinct
    asked.place,
    changes.subcontract_number as title,
    changes._read_at as read_at
from
    unnest({{ "keys" | bound }}::text[], {{ "companies" | bound }}::text[])
    with ordinality as asked (key, company_code, place)
inner join spectrum.subcontract_changes as changes
    on
        asked.company_code = changes.company_code
        and export.compared('change request', asked.key)
        = export.compared('change request', concat_ws('/', changes.job_number, changes.change_request_number))
where changes._deleted_at is null
