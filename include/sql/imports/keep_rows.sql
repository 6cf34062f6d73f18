-- A newer plan takes over from the one before: what is under way; what lies outside a narrowed run; and every row, with
-- the decision on it, that is the same as before. Applied rows stay with the plan that applied them.
update procore.plan_rows
set plan_id = {{ "new" | bound }}
where
    plan_id = {{ "old" | bound }}
    and (
        state in ('applying', 'unknown', 'waiting for permission')
        or (kind = 'undo' and state in ('ready', 'accepted'))
        or (
            state not in ('applied', 'put back')
            and {{ "keys" | bound }}::text [] is not null
            and lower(spectrum_key) != all({{ "keys" | bound }}::text [])
        )
        or exists (
            select from _rows as rows
            where
                rows.spectrum_key = plan_rows.spectrum_key
                and rows.row_hash = plan_rows.row_hash
                and (
                    plan_rows.state = 'accepted'
                    or (rows.state, rows.reason, rows.candidates, rows.score) is not distinct from
                    (plan_rows.state, plan_rows.reason, plan_rows.candidates, plan_rows.score)
                )
        )
    )
