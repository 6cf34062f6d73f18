-- What is late no longer is told again when it is late the next time.
delete from sync.told_late
where
    not exists (
        select 1
        from
            unnest({{ "objects" | bound }}::text[], {{ "companies" | bound }}::text[])
                as still (object_name, company_code)
        where
            still.object_name = told_late.object_name
            and still.company_code = told_late.company_code
    )
