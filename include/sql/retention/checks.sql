-- Results of checks, but for the last one of each.
delete from sync.checks as old
where
    old.checked_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and exists (
        select 1
        from sync.checks as later
        where
            later.table_name = old.table_name
            and later.company_code = old.company_code
            and later.source = old.source
            and later.check_name = old.check_name
            and (later.checked_at, later.check_id) > (old.checked_at, old.check_id)
    )
