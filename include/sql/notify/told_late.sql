-- People were told of late syncs.
insert into sync.told_late (object_name, company_code, since)
select
    late.object_name,
    late.company_code,
    late.since
from
    unnest(
        {{ "objects" | bound }}::text[], {{ "companies" | bound }}::text[], {{ "since" | bound }}::timestamptz[]
    ) as late (object_name, company_code, since)
on conflict (object_name, company_code) do nothing
