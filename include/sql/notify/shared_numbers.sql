-- Numbers of Spectrum that two records had before a number belonged to one: a person must say whose each is.
select
    duplicates.company_code,
    duplicates.space,
    duplicates.key,
    duplicates.title,
    holders.title as other_title
from export.claims as duplicates
inner join export.claims as holders
    on
        duplicates.company_code = holders.company_code
        and duplicates.space = holders.space
        and duplicates.compared = holders.compared
        and not holders.duplicate
where
    duplicates.duplicate
    and duplicates.company_code = any({{ "companies" | bound }})
order by duplicates.claim_id
