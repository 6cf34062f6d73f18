-- Whether Spectrum answered the last sync that used its web services or Info-Link, a row a company and connection. A
-- sync that read its source to the end has used it well; one that failed says which connection failed, if any.
with used as (
    select
        runs.company_code,
        case runs.reader when 'sdx' then 'web services' else 'Info-Link' end as kind,
        true as is_answered,
        runs.finished_at,
        null as message,
        null as remedy
    from sync.runs
    where
        runs.reader in ('infolink', 'sdx')
        and runs.state in ('published', 'unchanged', 'superseded', 'stopped')
        and runs.finished_at >= {{ "since" | bound }}
    union all
    select
        runs.company_code,
        runs.failed_connection as kind,
        false as is_answered,
        runs.finished_at,
        runs.message,
        runs.remedy
    from sync.runs
    where
        runs.failed_connection in ('web services', 'Info-Link')
        and runs.finished_at >= {{ "since" | bound }}
)

select distinct on (company_code, kind)
    company_code,
    kind,
    is_answered,
    finished_at,
    message,
    remedy
from used
where company_code = any({{ "companies" | bound }})
order by company_code asc, kind asc, finished_at desc
