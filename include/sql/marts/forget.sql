-- Landings that retention has removed can be no news again.
delete from sync.mart_runs
where
    company_code = {{ "company_code" | bound }}
    and landing_id < (select min(landings.landing_id) from sync.landings as landings)
