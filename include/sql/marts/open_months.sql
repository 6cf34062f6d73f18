-- Months that the settings no longer close.
delete from marts.closed_months
where
    company_code = {{ "company_code" | bound }}
    and month <> all({{ "months" | bound }}::date[])
