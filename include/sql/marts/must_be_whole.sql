-- Whether differences are not enough: a mart was never written, was written by other SQL, or the books have been
-- cleared past the last landing it knew, so that some change may no longer stand in them; or the clock was wrong once, and
-- the stamps of what it wrote have been taken back since.
select
    (
        select count(*) from sync.marts
        where
            company_code = {{ "company_code" | bound }}
            and mart_name = any({{ "marts" | bound }})
            and definition = {{ "definition" | bound }}
    ) < cardinality({{ "marts" | bound }}::text[])
    or coalesce(
        (
            select min(marts.landing_id) from sync.marts as marts
            where marts.company_code = {{ "company_code" | bound }}
        ) < (select min(landings.landing_id) from sync.landings as landings),
        false
    )
    or exists (
        select 1 from marts.after_close as change
        where change.company_code = {{ "company_code" | bound }} and change.seen_at > now()
    ) as must_be_whole
