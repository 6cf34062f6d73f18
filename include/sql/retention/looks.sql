-- Looks at Procore of what is no longer imported: there is no open plan, and nobody has looked for long.
delete from procore.looks as old
where
    old.looked_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and not exists (
        select from procore.plans
        where plans.object_name = old.object_name and plans.company_code = old.company_code and plans.state = 'open'
    )
