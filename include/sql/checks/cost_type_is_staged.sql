-- Cost types of the slice that are not in the company's list. Distinct cost types first: a slice may hold a million
-- rows. Silent while no cost type of the company has ever been staged.
with cost_types_of_slice as (
    select
        company_code,
        cost_type,
        count(*) as row_count
    from {{ batch }}
    group by company_code, cost_type
)

select
    used.cost_type,
    used.row_count
from cost_types_of_slice as used
where
    not exists (
        select 1
        from {{ staged("standard_cost_types") }} as staged
        where
            staged.company_code = used.company_code
            and staged.cost_type = used.cost_type
            and staged._deleted_at is null
    )
    and exists (
        select 1
        from {{ staged("standard_cost_types") }} as staged
        where staged.company_code = used.company_code
    )
