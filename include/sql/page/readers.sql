-- Whether Spectrum answered the last sync that read it, by Info-Link or by its web services, a row a company.
select distinct on (runs.company_code, runs.reader)
    runs.company_code,
    runs.reader,
    runs.state,
    runs.finished_at,
    runs.message
from sync.runs
where
    runs.company_code = any({{ "companies" | bound }})
    and runs.reader in ('infolink', 'sdx')
    and runs.finished_at >= {{ "since" | bound }}
order by runs.company_code asc, runs.reader asc, runs.finished_at desc
