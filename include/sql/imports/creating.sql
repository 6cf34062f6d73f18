-- Records that were accepted as new ones and are not sent yet: has the same one appeared in Procore since?
select
    plan_rows.spectrum_key,
    plan_rows.title,
    plan_rows.spectrum as fields
from procore.plan_rows
where
    plan_rows.object_name = {{ "object" | bound }}
    and plan_rows.company_code = {{ "company" | bound }}
    and plan_rows.state = 'accepted'
    and plan_rows.kind = 'create'
