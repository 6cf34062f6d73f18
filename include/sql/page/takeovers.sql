-- What was confirmed about another integration, and whether Procore was read a second time since.
select
    takeovers.object_name,
    takeovers.company_code,
    takeovers.confirmed_by,
    takeovers.confirmed_at,
    takeovers.second_look_due,
    takeovers.second_look_at
from procore.takeovers
where
    takeovers.ended_at is null
    and takeovers.object_name = any({{ "objects" | bound }})
    and takeovers.company_code = any({{ "companies" | bound }})
order by takeovers.object_name, takeovers.company_code
