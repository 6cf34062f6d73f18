-- Rows are compared as a multiset, because two equal postings are two postings: how many more, or fewer, of each row
-- the source holds than the warehouse. The hash covers every column, job and date included.
create temporary table {{ changes | ident }} on commit drop as
with both_sides as (
    select landed._row_hash, 1 as side
    from {{ rows | ident }} as landed
    {% if some_skipped %}
    inner join {{ replaced | ident }} as found
        on found.job_number = landed.job_number and found.partition_month = landed._month
    {% endif %}
    union all
    select staged._row_hash, -1
    from {{ staged | ident }} as staged
    inner join {{ replaced | ident }} as found
        on found.job_number = staged.job_number and found.partition_month = staged._month
    where staged.company_code = {{ "company_code" | bound }}
)

select _row_hash, sum(side)::integer as surplus
from both_sides
group by _row_hash
having sum(side) <> 0
