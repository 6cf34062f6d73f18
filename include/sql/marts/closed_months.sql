-- The months that the settings close. The state that a month was closed with is that of the first complete reading at
-- or after the close: one of which nothing waits for the next run because it moved. What waited may have come by runs of
-- some jobs alone; what such a run has published until then belongs to that state, too. It is looked up until it is
-- found, and kept, since the runs of syncs are not kept for ever.
merge into marts.closed_months as closed
using (
    select
        months.month,
        months.closed_at,
        (
            select least(
                min(runs.read_at) filter (where runs.deferred_rows = 0 and not runs.narrowed),
                case
                    when not exists (
                        select 1 from sync.deferred as waiting
                        where
                            waiting.table_name = 'job_cost_transactions'
                            and waiting.company_code = {{ "company_code" | bound }}
                            and waiting.reason = 'moved'
                    ) and bool_or(not runs.narrowed) then max(runs.read_at)
                end
            )
            from sync.runs as runs
            where
                runs.company_code = {{ "company_code" | bound }}
                and runs.table_name = 'job_cost_transactions'
                and runs.state in ('published', 'unchanged')
                and runs.read_at >= months.closed_at
                and runs.read_at <= now()
        ) as known_from
    from unnest({{ "months" | bound }}::date[], {{ "moments" | bound }}::timestamptz[]) as months (month, closed_at)
    where
        not exists (
            select 1 from marts.closed_months as known
            where
                known.company_code = {{ "company_code" | bound }}
                and known.month = months.month
                and known.closed_at = months.closed_at
                and known.known_from <= now()
        )
) as found
on closed.company_code = {{ "company_code" | bound }} and closed.month = found.month
when matched then
    update set
        closed_at = found.closed_at,
        known_from = found.known_from
when not matched then
    insert (company_code, month, closed_at, known_from)
    values ({{ "company_code" | bound }}, found.month, found.closed_at, found.known_from)
