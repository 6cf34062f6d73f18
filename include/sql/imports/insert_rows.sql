-- The rows of a plan that it has not taken over from the one before.
insert into procore.plan_rows (
    plan_id, object_name, company_code, spectrum_key, title, kind, state, record_id, record_title, origin_id, before,
    after, spectrum, row_hash, score, attributes, exact, tied, candidates, rule, field, value, reason, remedy
)
select
    {{ "new" | bound }},
    {{ "object" | bound }},
    {{ "company" | bound }},
    rows.*
from _rows as rows
where
    not exists (
        select from procore.plan_rows as kept
        where kept.plan_id = {{ "new" | bound }} and kept.spectrum_key = rows.spectrum_key
    )
