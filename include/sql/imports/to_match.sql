-- Records that are compared with those of Procore: all, since a name is only told from another by knowing both. Looked for are
-- those that this plan is about and that are offered, not refused, not linked, and that nothing was chosen for yet.
select
    everybody.spectrum_key,
    everybody.title,
    everybody.fields,
    not everybody.is_offered
    or everybody.refusal is not null
    or not exists (select from _desired as desired where desired.spectrum_key = everybody.spectrum_key)
    or exists (select from _chosen as chosen where chosen.spectrum_key = everybody.spectrum_key)
    or exists (
        select from export.links
        where
            links.object_name = {{ "object" | bound }}
            and links.company_code = {{ "company" | bound }}
            and links.unlinked_at is null
            and lower(btrim(links.spectrum_key)) = lower(everybody.spectrum_key)
    ) as is_taken
from {{ everybody | ident }} as everybody
