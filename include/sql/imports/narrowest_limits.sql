-- The narrowest of the limits that each Procore company last reported: of one an hour and one in ten seconds, the one that
-- lets fewer calls through. One row a company.
select distinct on (limits.procore_company_id)
    limits.procore_company_id,
    limits.calls,
    limits.seconds,
    limits.reported_at
from procore.limits
order by limits.procore_company_id, limits.calls::numeric / limits.seconds
