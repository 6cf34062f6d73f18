-- Whose a number is that an approver types, by what the exports keep: linked to another record, or accepted for one.
-- Two records with one number would become one document in Spectrum, so the second approver is told while they type.
select
    asked.place,
    export.compared(asked.space, asked.key) as compared,
    claims.title,
    claims.linked,
    claims.claimed_by_name
from
    unnest(
        {{ "spaces" | bound }}::text[], {{ "keys" | bound }}::text[], {{ "companies" | bound }}::text[],
        {{ "objects" | bound }}::text[], {{ "records" | bound }}::text[]
    ) with ordinality as asked (space, key, company_code, object_name, record_id, place)
left join export.claims
    on
        asked.company_code = claims.company_code
        and asked.space = claims.space
        and export.compared(asked.space, asked.key) = claims.compared
        and not claims.duplicate
        and (
            claims.plan_row_id is not null
            or (asked.object_name, asked.record_id) != (claims.object_name, claims.record_id)
        )
order by asked.place
