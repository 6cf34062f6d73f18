-- How many columns of Info-Link the last check found, found under another name, or missed, a row a company and state.
select
    listed.company_code,
    listed.state,
    count(*) as columns
from sync.connection_columns as listed
where listed.company_code = any({{ "companies" | bound }})
group by listed.company_code, listed.state
order by listed.company_code, listed.state
