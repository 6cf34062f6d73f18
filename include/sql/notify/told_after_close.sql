-- People were told of changes in closed months.
insert into sync.told_after_close as told (company_code, written_until)
select
    news.company_code,
    max(news.written_until) as written_until
from
    unnest({{ "companies" | bound }}::text[], {{ "moments" | bound }}::timestamptz[]) as news (
        company_code, written_until
    )
group by news.company_code
on conflict (company_code) do update
    set written_until = greatest(told.written_until, excluded.written_until)
