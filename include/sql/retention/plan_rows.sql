-- Rows of plans that a newer one has replaced long ago, and of old dry runs. A row stays while a call of it is kept,
-- while it is under way, while it claims something, and while what it has undone is left out: from it, that can be
-- included.
delete from procore.plan_rows as old
using procore.plans
where
    old.plan_id = plans.plan_id
    and plans.state != 'open'
    and coalesce(plans.ended_at, plans.made_at) < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and old.changed_at < clock_timestamp() - make_interval(days => {{ "days" | bound }})
    and old.state not in ('accepted', 'applying', 'unknown', 'waiting for permission')
    and not exists (
        select 1 from procore.calls
        where calls.row_id = old.row_id
    )
    and not exists (
        select 1 from export.claims
        where claims.plan_row_id = old.row_id
    )
    and not (
        old.kind = 'undo'
        and old.state = 'applied'
        and exists (
            select 1
            from procore.left_out
            where
                left_out.object_name = old.object_name
                and left_out.company_code = old.company_code
                and left_out.spectrum_key = old.spectrum_key
        )
    )
