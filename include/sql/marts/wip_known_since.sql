-- Since when each table of the WIP schedule is staged whole. Kept once it is found, since the runs of syncs are not kept
-- for ever. Of postings, what waited because it moved while it was copied must have come, too, as for closed months.
merge into marts.known_since as known
using (
    select
        runs.table_name,
        least(
            min(runs.read_at) filter (where runs.deferred_rows = 0 and not runs.narrowed),
            case
                when not exists (
                    select 1 from sync.deferred as waiting
                    where
                        waiting.table_name = runs.table_name
                        and waiting.company_code = {{ "company_code" | bound }}
                        and waiting.reason = 'moved'
                ) and bool_or(not runs.narrowed) then max(runs.read_at)
            end
        ) as known_since
    from sync.runs as runs
    where
        runs.company_code = {{ "company_code" | bound }}
        and runs.table_name = any({{ "wip_tables" | bound }})
        and runs.state in ('published', 'unchanged')
        and runs.read_at <= now()
    group by runs.table_name
) as found
on known.company_code = {{ "company_code" | bound }} and known.table_name = found.table_name
-- A clock that was wrong once may have stamped the first sync later than now.
when matched and (found.known_since < known.known_since or known.known_since > now()) then
    update set known_since = found.known_since
when not matched and found.known_since is not null then
    insert (company_code, table_name, known_since)
    values ({{ "company_code" | bound }}, found.table_name, found.known_since)
