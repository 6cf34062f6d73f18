-- Records that are looked for in Procore: offered, not refused, not linked, and nothing chosen for them yet.
select
    desired.spectrum_key,
    desired.title,
    desired.fields
from _desired as desired
where
    desired.is_offered
    and desired.refusal is null
    and not exists (select from _chosen as chosen where chosen.spectrum_key = desired.spectrum_key)
    and not exists (
        select from export.links
        where
            links.object_name = {{ "object" | bound }}
            and links.company_code = {{ "company" | bound }}
            and links.unlinked_at is null
            and lower(btrim(links.spectrum_key)) = lower(desired.spectrum_key)
    )
