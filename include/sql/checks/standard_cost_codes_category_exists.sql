-- The phase categories there are, where none of them is the one of the settings (A2). A row is importable exactly if
-- it belongs to that category.
select
    phase_category,
    count(*) as row_count
from {{ batch }}
where
    not exists (
        select 1
        from {{ batch }} as wanted
        where wanted.importable
    )
group by phase_category
