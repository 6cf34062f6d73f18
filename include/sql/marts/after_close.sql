-- What syncs found posted, changed or deleted in months that were closed already. A posting has no key, so a changed one
-- is a row that goes and another that comes in the same sync. What only other columns of a row differ in, such as one that
-- a later version of this package reads, is no change.
create temporary table _after_close on commit drop as
with moves as (
    {% for relation, moment, since, side in [
        ("spectrum.job_cost_transactions", "_changed_at", "_changed_at", 1),
        ("history.job_cost_transactions", "_valid_from", "_valid_to", 1),
        ("history.job_cost_transactions", "_valid_to", "_valid_to", -1)
    ] %}
    select
        job_number,
        phase_code,
        cost_type,
        tran_date,
        coalesce(tran_type_code, '') as tran_type_code,
        coalesce(reference_1, '') as reference_1,
        coalesce(reference_2, '') as reference_2,
        coalesce(detail_sequence, '') as detail_sequence,
        tran_amount,
        coalesce(total_hours, 0) as total_hours,
        vendor_code,
        description,
        hashtextextended(
            row(
                trim_scale(tran_amount), trim_scale(total_hours), trim_scale(quantity), vendor_code, description
            )::text,
            0
        )::numeric as held,
        {{ moment }} as seen_at,
        {{ side }} as side
    from {{ relation }}
    where
        company_code = {{ "company_code" | bound }}
        -- What came after a moment went after it, too: the index on the end of a version finds both.
        and {{ since }} >= {{ "since_job_cost_transactions" | bound }}::timestamptz
        -- A first load, millions of rows of one moment, is what the months are followed from.
        and {{ since }} > (
            select coalesce(min(closed.known_from), 'infinity') from marts.closed_months as closed
            where closed.company_code = {{ "company_code" | bound }}
        )
        and {{ moment }} >= {{ "since_job_cost_transactions" | bound }}::timestamptz
    {{ "union all" if not loop.last }}
    {% endfor %}
),

changes as (
    select
        moves.job_number,
        moves.phase_code,
        moves.cost_type,
        moves.tran_date,
        moves.tran_type_code,
        moves.reference_1,
        moves.reference_2,
        moves.detail_sequence,
        moves.seen_at,
        closed.closed_at,
        count(*) filter (where moves.side = -1) as transactions_before,
        count(*) filter (where moves.side = 1) as transactions_after,
        coalesce(sum(moves.tran_amount) filter (where moves.side = -1), 0) as amount_before,
        coalesce(sum(moves.tran_amount) filter (where moves.side = 1), 0) as amount_after,
        coalesce(sum(moves.total_hours) filter (where moves.side = -1), 0) as hours_before,
        coalesce(sum(moves.total_hours) filter (where moves.side = 1), 0) as hours_after,
        (array_agg(moves.vendor_code order by moves.side desc, moves.held))[1] as vendor_code,
        (array_agg(moves.description order by moves.side desc, moves.held))[1] as description
    from moves
    inner join marts.closed_months as closed
        on
            closed.company_code = {{ "company_code" | bound }}
            and closed.month = greatest(date_trunc('month', moves.tran_date)::date, date '1980-01-01')
            and moves.seen_at > closed.known_from
    group by
        moves.job_number, moves.phase_code, moves.cost_type, moves.tran_date, moves.tran_type_code,
        moves.reference_1, moves.reference_2, moves.detail_sequence, moves.seen_at, closed.closed_at
    having sum(moves.side) <> 0 or sum(moves.side * moves.held) <> 0
),

landings as (
    select
        landings.read_at,
        max(landings.landing_id) as landing_id
    from sync.landings as landings
    where
        landings.object_name = 'job_costs'
        and landings.company_code = {{ "company_code" | bound }}
    group by landings.read_at
)

select
    {{ "company_code" | bound }}::text as company_code,
    changes.job_number,
    changes.phase_code,
    changes.cost_type,
    changes.tran_date,
    changes.tran_type_code,
    changes.reference_1,
    changes.reference_2,
    changes.detail_sequence,
    changes.seen_at,
    date_trunc('month', changes.tran_date)::date as month,
    changes.closed_at,
    case
        when changes.transactions_before = 0 then 'posted'
        when changes.transactions_after = 0 then 'deleted'
        else 'changed'
    end as action,
    changes.transactions_before,
    changes.transactions_after,
    changes.amount_before,
    changes.amount_after,
    changes.amount_after - changes.amount_before as amount_change,
    changes.hours_before,
    changes.hours_after,
    changes.vendor_code,
    changes.description,
    -- Landings are not kept for ever: what was known of one stays known.
    coalesce(landing.landing_id, known.landing_id) as landing_id,
    coalesce(landing.run_id, known.run_id) as run_id,
    false as is_gone
from changes
left join landings on changes.seen_at = landings.read_at
left join sync.landings as landing on landings.landing_id = landing.landing_id
left join marts.after_close as known
    on
        known.company_code = {{ "company_code" | bound }}
        and changes.job_number = known.job_number
        and changes.phase_code = known.phase_code
        and changes.cost_type = known.cost_type
        and changes.tran_date = known.tran_date
        and changes.tran_type_code = known.tran_type_code
        and changes.reference_1 = known.reference_1
        and changes.reference_2 = known.reference_2
        and changes.detail_sequence = known.detail_sequence
        and changes.seen_at = known.seen_at
