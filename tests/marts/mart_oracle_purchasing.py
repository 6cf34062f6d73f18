"""What the marts of subcontracts, orders, payables and receivables must hold: a part of `mart_oracle`."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.staging.resilience.harness import World

#: A line counts unless its subcontract, or its order, is known to be inactive or deleted.
OF_LIVING = (
    "not exists (select from spectrum.subcontracts as s where (s.company_code, s.job_number, s.vendor_code,"
    " s.subcontract_number) = ({0}.company_code, {0}.job_number, {0}.vendor_code, {0}.subcontract_number)"
    " and (s._deleted_at is not null or s.status_code = 'I'))"
)
OF_LIVING_ORDER = (
    "(l.company_code, l.po_number) not in (select company_code, po_number from spectrum.purchase_orders"
    " where _deleted_at is not null)"
)
#: What is invoiced on a line, or on a phase: not known where the company has no line that says it.
_BILLED = (
    "case when i.company_code in (select company_code from spectrum.subcontract_items where _deleted_at is null"
    " group by 1 having count(amount_billed_to_date) > 0) then coalesce(amount_billed_to_date, 0) end"
)
_BILLED_OF = _BILLED.replace("i.company", "c.company").replace("amount_billed_to_date, 0", "billed, 0")
_INVOICE = "company_code, vendor_code, invoice_number, invoice_type_code"
_SUBCONTRACT = "company_code, job_number, vendor_code, subcontract_number"

PURCHASING = {
    "subcontract_status": (
        f"{_SUBCONTRACT}, vendor_name, job_description, status_code, original_amount, executed_changes,"
        " pending_changes, revised_amount, invoiced, paid, retained, balance, to_pay, overbilled, header_difference,"
        " lines_invoiced, header_staged",
        f"""
        with known as (
            select {_SUBCONTRACT} from spectrum.subcontracts where _deleted_at is null and job_number > ''
            union select {_SUBCONTRACT} from spectrum.subcontract_items where _deleted_at is null and job_number > ''
            union select {_SUBCONTRACT} from spectrum.subcontract_changes where _deleted_at is null and job_number > ''
        ), money as (
            select {_SUBCONTRACT},
                (select coalesce(sum(original_contract_amount), 0) from spectrum.subcontract_items as i
                    where i._deleted_at is null and (i.company_code, i.job_number, i.vendor_code, i.subcontract_number)
                    = (k.company_code, k.job_number, k.vendor_code, k.subcontract_number)) as original,
                (select sum(amount_billed_to_date) from spectrum.subcontract_items as i
                    where i._deleted_at is null and (i.company_code, i.job_number, i.vendor_code, i.subcontract_number)
                    = (k.company_code, k.job_number, k.vendor_code, k.subcontract_number)) as by_lines,
                (select coalesce(sum(case sub_status when 'E' then sub_amount end), 0)
                    from spectrum.subcontract_changes as c
                    where c._deleted_at is null and (c.company_code, c.job_number, c.vendor_code, c.subcontract_number)
                    = (k.company_code, k.job_number, k.vendor_code, k.subcontract_number)) as executed,
                (select coalesce(sum(case sub_status when 'P' then sub_amount end), 0)
                    from spectrum.subcontract_changes as c
                    where c._deleted_at is null and (c.company_code, c.job_number, c.vendor_code, c.subcontract_number)
                    = (k.company_code, k.job_number, k.vendor_code, k.subcontract_number)) as pending
            from known as k
        ), shown as (
            select {_SUBCONTRACT}, original, by_lines, case when is_shown then executed end as executed,
                case when is_shown then pending end as pending
            from money cross join lateral (select money.company_code in (select company_code from sync.runs
                where table_name = 'subcontract_changes' and not narrowed) as is_shown) as s
        )
        select {_SUBCONTRACT},
            (select vendor_name from spectrum.vendors as v where v._deleted_at is null
                and (v.company_code, v.vendor_code) = (m.company_code, m.vendor_code)),
            (select job_description from spectrum.jobs as j where j._deleted_at is null
                and (j.company_code, j.job_number) = (m.company_code, m.job_number)),
            s.status_code, original, executed, pending, original + executed, s.total_billed, s.total_paid,
            s.retention_balance, original + executed - s.total_billed,
            s.total_billed - (s.total_paid + s.retention_balance), s.total_billed > original + executed,
            s.original_amount - original, by_lines, s.vendor_code is not null
        from shown as m left join (select * from spectrum.subcontracts where _deleted_at is null) as s
            using ({_SUBCONTRACT})""",
    ),
    "commitments": (
        "company_code, kind, document_number, vendor_code, job_number, phase_code, cost_type, committed_amount,"
        " incurred_amount, open_amount",
        f"""
        select company_code, 'subcontract', subcontract_number, vendor_code, job_number, phase_code, cost_type,
            sum(amount), sum(billed), sum(amount - billed)
        from (
            select *, original_contract_amount as amount, {_BILLED} as billed
            from spectrum.subcontract_items as i where _deleted_at is null and {OF_LIVING.format("i")}
        ) as i where job_number > '' group by 1, 2, 3, 4, 5, 6, 7
        having not exists (select from spectrum.subcontract_changes as c where c._deleted_at is null
            and c.sub_status = 'E' and (c.company_code, c.subcontract_number, c.vendor_code, c.job_number,
            c.phase_code, c.cost_type) = (i.company_code, i.subcontract_number, i.vendor_code, i.job_number,
            i.phase_code, i.cost_type))
        union all
        select company_code, 'subcontract', subcontract_number, vendor_code, job_number, phase_code, cost_type,
            sum(sub_amount) + coalesce(max(original), 0), max({_BILLED_OF}),
            sum(sub_amount) + coalesce(max(original), 0) - max({_BILLED_OF})
        from spectrum.subcontract_changes as c cross join lateral (
            select sum(original_contract_amount) as original, sum(amount_billed_to_date) as billed
            from spectrum.subcontract_items as i where i._deleted_at is null and
            (c.company_code, c.subcontract_number, c.vendor_code, c.job_number, c.phase_code, c.cost_type)
            = (i.company_code, i.subcontract_number, i.vendor_code, i.job_number, i.phase_code, i.cost_type)
        ) as lines
        where _deleted_at is null and sub_status = 'E' and {OF_LIVING.format("c")}
        group by 1, 2, 3, 4, 5, 6, 7
        union all
        select company_code, 'purchase order', po_number, coalesce((select vendor_code from spectrum.purchase_orders
            as o where (o.company_code, o.po_number) = (l.company_code, l.po_number)), ''), job_number,
            coalesce(phase_code, ''), coalesce(cost_type, ''), sum(line_extension), sum(received_extension),
            sum(case when line_extension < 0 and received_extension < line_extension then 0
                when line_extension >= 0 and received_extension > line_extension then 0
                when line_extension < 0 and received_extension >= line_extension
                    then line_extension - received_extension
                else line_extension - received_extension end)
        from spectrum.purchase_order_lines as l
        where _deleted_at is null and job_number > '' and {OF_LIVING_ORDER}
        group by 1, 2, 3, 4, 5, 6, 7""",
    ),
    "open_purchase_orders": (
        "company_code, po_number, line_number, vendor_code, vendor_name, job_number, phase_code, cost_type, order_date,"
        " delivery_date, ordered_amount, received_amount, open_amount, order_staged",
        f"""
        select company_code, po_number, line_number, o.vendor_code,
            (select vendor_name from spectrum.vendors as v where v._deleted_at is null
                and (v.company_code, v.vendor_code) = (l.company_code, o.vendor_code)),
            l.job_number, phase_code, cost_type, order_date,
            case when l.delivery_date is null then o.delivery_date else l.delivery_date end,
            line_extension, received_extension, line_extension - received_extension, o.order_date is not null
            or o.po_total_amount is not null or exists (select from spectrum.purchase_orders as k
                where (k.company_code, k.po_number) = (l.company_code, l.po_number))
        from spectrum.purchase_order_lines as l left join spectrum.purchase_orders as o
            using (company_code, po_number)
        where l._deleted_at is null and {OF_LIVING_ORDER} and received_extension <> case sign(line_extension)
            when -1 then least(line_extension, received_extension)
            else greatest(line_extension, received_extension) end""",
    ),
    "payables_by_job": (
        f"{_INVOICE}, job_company_code, job_number, vendor_name, subcontract_number, invoice_date, due_date,"
        " job_amount, distributed_amount, invoice_amount, paid_amount, discount_taken, open_amount, invoice_staged",
        f"""
        with jobs as (
            select {_INVOICE}, coalesce(company_code_2, company_code) as job_company, coalesce(job_number, '') as job,
                sum(debit_amount) - sum(credit_amount) as bears
            from spectrum.vendor_invoice_distributions where _deleted_at is null group by {_INVOICE}, 5, 6
        ), wholes as (
            select {_INVOICE}, sum(debit_amount - credit_amount) as distributed
            from spectrum.vendor_invoice_distributions where _deleted_at is null group by {_INVOICE}
        ), paid as (
            select {_INVOICE}, sum(payment_amount) as paid, sum(discount_taken) as discount
            from spectrum.vendor_payments where _deleted_at is null group by {_INVOICE}
        ), invoices as (
            select *, case invoice_type_code when 'C' then -1 else 1 end as sign from spectrum.vendor_invoices
            where _deleted_at is null
        ), rows as (
            select * from jobs
            union all
            select {_INVOICE}, company_code, '', 0 from invoices as i
            left join wholes using ({_INVOICE}) left join paid using ({_INVOICE})
            where (distributed is null or distributed <> sign * invoice_amount
                or invoice_amount = 0 and paid <> 0 and paid <> -coalesce(discount, 0))
            and not exists (select from jobs where ({_INVOICE}, job_company, job) = (i.company_code, i.vendor_code,
                i.invoice_number, i.invoice_type_code, i.company_code, ''))
        )
        select {_INVOICE}, job_company, job, coalesce((select vendor_name from spectrum.vendors as v
                where v._deleted_at is null and (v.company_code, v.vendor_code) = (j.company_code, j.vendor_code)),
            i.vendor_name), subcontract_number, invoice_date, due_date, bears, coalesce(distributed, 0),
            sign * invoice_amount,
            coalesce(case invoice_type_code when 'C' then -paid else paid end, 0),
            coalesce(case invoice_type_code when 'C' then -discount else discount end, 0),
            case when paid = invoice_amount then 0
                else sign * (invoice_amount - coalesce(paid, 0) - coalesce(discount, 0)) end, sign is not null
        from rows as j left join wholes using ({_INVOICE}) left join invoices as i using ({_INVOICE})
        left join paid using ({_INVOICE})""",
    ),
    "receivables": (
        "company_code, customer_code, invoice_or_transaction, transaction_type, job_number, customer_name,"
        " invoice_date, invoice_amount, open_amount, amount, basis",
        """
        with last as (
            select distinct on (company_code) company_code, landing_id from sync.landings
            where object_name = 'billings' and state in ('published', 'unchanged')
            order by company_code, landing_id desc
        ), shown as (
            select company_code from last where exists (select from sync.landing_tables as t
                where t.landing_id = last.landing_id and table_name = 'open_receivables' and absent = '{}')
        ), invoices as (
            select * from spectrum.receivable_invoices where _deleted_at is null
        ), names as (
            select company_code, customer_code, name from spectrum.customers where _deleted_at is null
        ), items as (
            select * from spectrum.open_receivables where _deleted_at is null and invoice_balance <> 0
        )
        select company_code, customer_code, invoice_or_transaction, transaction_type,
            case when o.job_number is null then i.job_number else o.job_number end, name, invoice_date,
            invoice_extension, invoice_balance, invoice_balance, 'open'
        from items as o join shown using (company_code)
        left join invoices as i using (company_code, customer_code, invoice_or_transaction, transaction_type)
        left join names using (company_code, customer_code)
        union all
        select company_code, customer_code, invoice_or_transaction, transaction_type, job_number, name, invoice_date,
            invoice_extension, null, coalesce(invoice_extension, 0), 'invoiced'
        from invoices left join names using (company_code, customer_code)
        where coalesce(reversed, '') <> 'Y' and company_code not in (select company_code from shown)""",
    ),
}

#: Subcontracts whose status says another amount is committed than their commitments add up to.
_COMMITTED_TWICE = f"""
    select {_SUBCONTRACT}, committed_amount, promised from marts.subcontract_status full join (
        select company_code, job_number, vendor_code, document_number as subcontract_number,
            sum(committed_amount) as promised
        from marts.commitments where kind = 'subcontract' group by 1, 2, 3, 4
    ) as added using ({_SUBCONTRACT})
    where coalesce(committed_amount, 0) <> coalesce(promised, 0)"""


def _assert_owed(world: World) -> None:
    """What is paid and open of each invoice is divided among its rows to the cent, by what each bears of it."""
    invoices: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in world.ask(
        f"select {_INVOICE}, job_company_code, job_number, job_amount, job_open_amount, job_paid_amount,"
        " invoice_amount, invoice_amount - open_amount, open_amount from marts.payables_by_job"
    ):
        invoices.setdefault(row[:4], []).append(row[4:])
    for invoice, rows in invoices.items():
        *_, amount, settled, still_open = rows[0]
        if amount is None:
            assert {(row[3], row[4]) for row in rows} == {(None, None)}, f"nothing is known of {invoice}"
            continue
        assert sum(row[3] for row in rows) == still_open, f"what is owed of {invoice}"
        assert sum(row[4] for row in rows) == settled, f"what is paid of {invoice}"
        for company, job, bears, left, paid, *_ in rows:
            if (company, job) == (invoice[0], ""):
                bears = amount - sum(row[2] for row in rows if row[:2] != (company, job))
            elif amount == 0:
                assert paid == 0, f"an invoice of 0 pays nothing for {job}"
            assert left + paid == bears, f"what {job} bears of {invoice}"
            if amount != 0:
                assert abs(paid - settled * bears / amount) <= Decimal("0.01"), f"share of {job} in {invoice}"


def assert_documents_right(world: World) -> None:
    """Invoices are divided to the cent, and two marts of subcontracts say the same."""
    _assert_owed(world)
    assert world.ask(_COMMITTED_TWICE) == [], "a subcontract is committed by its status as by its commitments"
