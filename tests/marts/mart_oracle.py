"""What the marts must hold, said a second time: plain queries over the staged tables.

Each query gives some columns of a mart, whole, without any notion of changes.
"""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

from collections import Counter
from typing import Any

from spectrum_etl.marts.spec import MARTS
from tests.marts.mart_oracle_purchasing import OF_LIVING, OF_LIVING_ORDER, PURCHASING, assert_documents_right
from tests.staging.resilience.harness import World

_KEY = "company_code, job_number, phase_code, cost_type"


#: One row a company, job, phase and cost type, by the definitions of docs/marts.md.
_CODES = f"""
    with promised as (
        select company_code, job_number, phase_code, cost_type, original_contract_amount as amount
        from spectrum.subcontract_items as i
        where i._deleted_at is null and job_number > '' and {OF_LIVING.format("i")}
        union all
        select company_code, job_number, phase_code, cost_type, sub_amount
        from spectrum.subcontract_changes as c
        where c._deleted_at is null and c.sub_status = 'E' and {OF_LIVING.format("c")}
        union all
        select company_code, job_number, phase_code, cost_type, line_extension
        from spectrum.purchase_order_lines as l
        where l._deleted_at is null and phase_code > '' and cost_type > '' and job_number > ''
            and {OF_LIVING_ORDER}
    ), living_budgets as (
        select * from spectrum.budgets where _deleted_at is null
    ), living_codes as (
        select * from spectrum.project_cost_codes where _deleted_at is null
    ), living_totals as (
        select {_KEY}, projected_cost as by_get_phase from spectrum.job_cost_totals where _deleted_at is null
    ), living_projections as (
        select {_KEY}, projected_cost as by_increments from spectrum.projections where _deleted_at is null
    ), codes as (
        select {_KEY} from living_budgets
        union select {_KEY} from living_codes
        union select {_KEY} from living_totals
        union select {_KEY} from living_projections
        union select {_KEY} from spectrum.job_cost_transactions
        union select {_KEY} from promised where amount is not null
    ), spent as (
        select {_KEY}, sum(tran_amount) as cost, sum(total_hours) as hours, count(*) as postings
        from spectrum.job_cost_transactions group by {_KEY}
    ), figures as (
        select {_KEY}, coalesce(p.description, b.description) as what, coalesce(original_estimate, 0) as original,
            coalesce(approved_changes, 0) as changes, coalesce(b.current_estimate, 0) as budget,
            coalesce(cost, 0) as spent, coalesce(hours, 0) as hours, coalesce(postings, 0) as postings,
            case when by_get_phase is not null then by_get_phase
                when not coalesce(projection_worked_out, false) then by_increments end as entered,
            (select coalesce(sum(amount), 0) from promised as m where
                (m.company_code, m.job_number, m.phase_code, m.cost_type)
                = (codes.company_code, codes.job_number, codes.phase_code, codes.cost_type)) as promised,
            (codes.company_code, codes.job_number) in (select company_code, job_number from spectrum.jobs
                where _deleted_at is null and status_code = 'C') as complete
        from codes
        left join spent using ({_KEY})
        left join living_budgets as b using ({_KEY})
        left join living_codes as p using ({_KEY})
        left join living_totals using ({_KEY})
        left join living_projections using ({_KEY})
    ), projected as (
        select *, case when entered <> 0 then entered when budget > spent then budget else spent end as projection
        from figures
    )
    select *, case when complete or spent > projection then spent else projection end as at_end from projected"""


def _percent(spent: str, at_end: str) -> str:
    """Cost in percent of cost at completion: from 0 to 100, and null where there is nothing to be a share of."""
    return f"case when {at_end} <= 0 then null when {spent} <= 0 then 0.00 else round({spent} * 100 / {at_end}, 2) end"


_POSTING = f"{_KEY}, tran_date, tran_type_code, reference_1, reference_2, detail_sequence"

#: What was there of each posting just before each moment at which something came or went, and what was there then.
_MOVES = f"""
    with versions as (
        select {_KEY}, tran_date, coalesce(tran_type_code, '') as tran_type_code,
            coalesce(reference_1, '') as reference_1, coalesce(reference_2, '') as reference_2,
            coalesce(detail_sequence, '') as detail_sequence, tran_amount as amount, coalesce(total_hours, 0) as hours,
            concat_ws('|', tran_amount, total_hours, quantity, vendor_code, '-', description) as held,
            _valid_from as came, coalesce(_valid_to, 'infinity') as went
        from history.job_cost_transactions_versions
    ), moments as (
        select {_POSTING}, came as at from versions union select {_POSTING}, went from versions
    ), states as (
        select {_POSTING}, at, closed_at,
            array_agg(held order by held) filter (where came < at and went >= at) as before,
            array_agg(held order by held) filter (where came <= at and went > at) as after,
            sum(case when came = at then 1 when went = at then -1 else 0 end) as more,
            sum(case when came = at then amount when went = at then -amount else 0 end) as amount,
            sum(case when came = at then hours when went = at then -hours else 0 end) as hours
        from moments join versions using ({_POSTING})
        join marts.closed_months as c using (company_code)
        where c.month = date_trunc('month', tran_date) and at > c.known_from and at < 'infinity'
        group by {_POSTING}, at, closed_at
    )
    select * from states where before is distinct from after"""

#: Mart -> its columns that are compared, and the same from the staged tables.
EXPECTED = {
    "job_cost_by_month": (
        f"{_KEY}, month, actual_cost, actual_hours, actual_quantity, transactions",
        f"select {_KEY}, date_trunc('month', tran_date)::date, sum(tran_amount), sum(coalesce(total_hours, 0)),"
        f" sum(coalesce(quantity, 0)), count(*) from spectrum.job_cost_transactions group by {_KEY}, 5",
    ),
    "job_cost_summary": (
        f"{_KEY}, description, original_estimate, approved_changes, current_estimate, committed_cost, actual_cost,"
        " actual_hours, transactions, projected_cost, projection_entered, cost_at_completion, cost_floor_used,"
        " job_complete, variance, remaining, percent_complete",
        f"""
        select {_KEY}, what, original, changes, budget,
            case when exists (select from sync.runs as r where r.company_code = ends.company_code
                and r.table_name = 'subcontract_items' and r.state = 'published') then promised end,
            spent, hours, postings, projection, coalesce(entered, 0) <> 0, at_end, spent > projection, complete,
            budget - at_end, budget - spent, {_percent("spent", "at_end")}
        from ({_CODES}) as ends""",
    ),
    "vendor_spend": (
        "company_code, vendor_company_code, vendor_code, vendor_name, job_number, month, year, amount, transactions",
        "select company_code, owner, vendor_code, (select vendor_name from spectrum.vendors as v where"
        " v.company_code = owner and v.vendor_code = t.vendor_code), job_number,"
        " date_trunc('month', tran_date)::date, date_part('year', tran_date)::integer, sum(tran_amount), count(*)"
        " from (select *, case when ap_company_code > '' then ap_company_code else company_code end as owner"
        " from spectrum.job_cost_transactions) as t where vendor_code is not null group by 1, 2, 3, 4, 5, 6, 7",
    ),
    "contract_status": (
        "company_code, customer_code, job_number, job_description, original_contract, lines, lines_total, lines_add_up,"
        " unit_price, several_contracts, current_estimate, actual_cost, projected_cost, cost_at_completion,"
        " cost_floor_used, percent_complete",
        f"""
        with contracts as (
            select c.company_code, c.customer_code, c.job_number,
                (select job_description from spectrum.jobs as j where j._deleted_at is null
                    and (j.company_code, j.job_number) = (c.company_code, c.job_number)),
                c.original_contract, count(i.job_number), coalesce(sum(i.original_contract), 0),
                case when coalesce(c.price_method_code, '') <> 'U'
                    then sum(i.original_contract) = c.original_contract end,
                coalesce(c.price_method_code, '') = 'U', c.contracts_of_job > 1
            from spectrum.prime_contracts as c left join spectrum.prime_contract_items as i on i._deleted_at is null
                and (i.company_code, i.customer_code, i.job_number) = (c.company_code, c.customer_code, c.job_number)
            where c._deleted_at is null
            group by c.company_code, c.customer_code, c.job_number, c.original_contract, c.price_method_code,
                c.contracts_of_job
        ), of_job as (
            select company_code, job_number, sum(budget) as budget, sum(spent) as spent,
                sum(projection) as projection, sum(at_end) as at_end, bool_or(spent > projection) as floor_used
            from ({_CODES}) as ends group by company_code, job_number
        )
        select contracts.*, coalesce(budget, 0), coalesce(spent, 0), coalesce(projection, 0), coalesce(at_end, 0),
            coalesce(floor_used, false), {_percent("spent", "at_end")}
        from contracts left join of_job using (company_code, job_number)""",
    ),
    "after_close": (
        f"{_POSTING}, seen_at, month, closed_at, transactions_after - transactions_before, amount_change,"
        " hours_after - hours_before, (select landings.run_id from sync.landings where landing_id ="
        " after_close.landing_id)",
        f"""
        select {_POSTING}, at, date_trunc('month', tran_date)::date, closed_at, more, amount, hours,
            (select run_id from sync.landings as l where l.company_code = s.company_code
                and l.object_name = 'job_costs' and l.read_at = s.at)
        from ({_MOVES}) as s""",
    ),
    **PURCHASING,
}


def contents(world: World) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every row of every mart, all columns but those that say when it was written."""
    found = {}
    for mart in MARTS:
        ((columns,),) = world.ask(
            "select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = %s::regclass"
            " and attnum > 0 and not attisdropped and attname <> all(%s)",
            mart.relation,
            list(mart.kept),
        )
        found[mart.name] = Counter(world.ask(f"select {columns} from {mart.relation}"))
    return found


def assert_right(world: World) -> None:
    """The marts of all companies are what the staged tables add up to."""
    for name, (columns, query) in EXPECTED.items():
        found = Counter(world.ask(f"select {columns} from marts.{name}"))
        expected = Counter(world.ask(query))
        assert not (missing := expected - found), f"marts.{name} lacks {next(iter(missing))}"
        assert not (extra := found - expected), f"marts.{name} should not hold {next(iter(extra))}"
    assert_documents_right(world)
