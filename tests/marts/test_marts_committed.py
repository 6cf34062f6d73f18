"""M6: what is committed follows subcontracts, their changes and what is known of them."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

from decimal import Decimal

import psycopg
from mart_oracle import assert_right
from marts_world import publish, wipe

from spectrum_etl.marts.publish import publish_marts
from tests.staging.resilience.harness import World


def committed(world: World, job: str) -> Decimal | None:
    """What the summary says is committed on a job of company 1."""
    ((total,),) = world.ask(
        "select sum(committed_cost) from marts.job_cost_summary where company_code = '1' and job_number = %s", job
    )
    return total


def subcontract_of_company_1(world: World) -> tuple[str, str, str, Decimal]:
    """Job, vendor, number and original amount of a subcontract that is the only one of its vendor and job."""
    ((job, vendor, number, amount),) = world.ask(
        "select s.job_number, s.vendor_code, s.subcontract_number, sum(i.original_contract_amount)"
        " from spectrum.subcontracts as s join spectrum.subcontract_items as i"
        " using (company_code, job_number, vendor_code, subcontract_number)"
        " where s.company_code = '1' and s.status_code = 'A' and not exists (select from spectrum.subcontract_changes"
        " as c where (c.job_number, c.vendor_code, c.subcontract_number)"
        " = (s.job_number, s.vendor_code, s.subcontract_number))"
        " group by 1, 2, 3 order by 1, 2, 3 limit 1"
    )
    return job, vendor, number, amount


OF_SUBCONTRACT = 'btrim("Company_Code") = \'1\' and btrim("Vendor_Code") = %s and btrim("Subcontract_Number") = %s'


def test_m6_committed_costs_follow_subcontracts_and_executed_changes(world):
    """Lines, their amounts, a status, a change order that is executed, a deleted subcontract: each by itself."""
    publish(world)
    assert_right(world)
    job, vendor, number, amount = subcontract_of_company_1(world)
    before = committed(world, job)
    assert before >= amount > 0

    def after(statement: str, *values: object) -> Decimal:
        assert world.change(statement, *values) > 0
        world.sync("subcontracts")
        written = publish_marts(world.warehouse, "1")
        assert not written["job_cost_summary"].whole
        assert_right(world)
        return committed(world, job) - before

    lines, headers = '"VN_SUBCONTRACT_PHASE_MC"', '"VN_SUBCONTRACT_MC"'
    mine = (vendor, number)
    assert after(f"update {headers} set \"Status_Code\" = 'I' where {OF_SUBCONTRACT}", *mine) == -amount
    assert after(f"update {headers} set \"Status_Code\" = 'C' where {OF_SUBCONTRACT}", *mine) == 0
    raised = f'update {lines} set "Original_Contract_Amount" = "Original_Contract_Amount" * 2 where {OF_SUBCONTRACT}'
    assert after(raised, *mine) == amount
    side = (job, "CR77", vendor, number)
    world.change(
        'insert into "VN_CHNG_REQ_SUB_DET" ("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code",'
        ' "Subcontract_Number", "Phase_Code", "Cost_Type", "Sub_Amount") values'
        " ('1', %s, %s, %s, %s, '999999', 'S', -12.34)",
        *side,
    )
    change = (
        'insert into "VN_CHNG_REQ_SUB_HDR" ("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code",'
        " \"Subcontract_Number\", \"Sub_Status\") values ('1', %s, %s, %s, %s, 'P')"
    )
    assert after(change, *side) == amount, "a pending change is not committed"
    executed = 'update "VN_CHNG_REQ_SUB_HDR" set "Sub_Status" = \'E\' where "Change_Request_Number" = \'CR77\''
    assert after(executed) == amount - Decimal("12.34")
    assert world.ask("select job_number, committed_cost from marts.job_cost_summary where phase_code = '999999'") == [
        (job, Decimal("-12.34"))
    ], "a phase that only a change names is a row too"
    world.change(f"delete from {lines} where {OF_SUBCONTRACT}", *mine)
    assert after(f"delete from {headers} where {OF_SUBCONTRACT}", *mine) == -amount
    assert world.ask("select * from marts.job_cost_summary where phase_code = '999999'") == []


def test_committed_costs_are_not_known_until_all_subcontracts_were_read(world):
    """Null is not 0: nothing staged, or a part only, tells nothing about the rest."""
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("truncate spectrum.subcontracts, spectrum.subcontract_items, spectrum.subcontract_changes")
        connection.execute("delete from sync.runs where object_name = 'subcontracts'")
    publish(world)
    known = "select count(*) filter (where committed_cost is not null), count(*) from marts.job_cost_summary"
    ((some, rows),) = world.ask(known)
    assert (some, rows > 0) == (0, True)
    ((job,),) = world.ask("select min(job_number) from spectrum.budgets where company_code = '1'")
    world.sync("subcontracts", jobs=(job,))
    publish(world)
    assert world.ask(known) == [(0, rows)]
    world.sync("subcontracts")
    assert not publish_marts(world.warehouse, "1")["job_cost_summary"].whole
    publish(world)
    of_company = f"{known} where company_code = %s"
    ((some, rows),) = world.ask(of_company, "1")
    assert some == rows, "a phase without subcontracts has 0 committed"
    assert world.ask(of_company, "2")[0][0] == 0, "the other company's have not been read"
    assert_right(world)


def test_a_subcontract_that_is_rejected_leaves_its_lines_committed(world):
    """Its date is no date: it cannot be staged, but the money is promised."""
    with psycopg.connect(world.warehouse) as connection:
        connection.execute("truncate spectrum.subcontracts, spectrum.subcontract_items, spectrum.subcontract_changes")
    job, vendor, number, amount = world.ask_source(
        'select btrim("Job_Number"), btrim("Vendor_Code"), btrim("Subcontract_Number"),'
        ' sum("Original_Contract_Amount") from dbo."VN_SUBCONTRACT_MC" join dbo."VN_SUBCONTRACT_PHASE_MC"'
        ' using ("Company_Code", "Vendor_Code", "Subcontract_Number") where btrim("Company_Code") = \'1\''
        " group by 1, 2, 3 order by 1, 2, 3 limit 1"
    )[0]
    world.change(
        'alter table "VN_SUBCONTRACT_MC" alter column "Date_Issued" type varchar(40)'
        " using to_char(\"Date_Issued\", 'YYYY-MM-DD')"
    )
    world.change(f'update "VN_SUBCONTRACT_MC" set "Date_Issued" = \'soon\' where {OF_SUBCONTRACT}', vendor, number)
    world.sync("subcontracts", allow_mass_delete=True)
    publish(world)
    assert world.ask(
        "select count(*) from sync.rejected_rows where table_name = 'subcontracts' and column_name = 'date_issued'"
        " and resolved_at is null"
    ) == [(1,)]
    assert committed(world, job) >= amount


def test_a_line_whose_subcontract_is_not_there_is_committed_on_no_job(world):
    """Nobody can tell its job: it is staged, and a check tells of it."""
    world.change(
        'insert into "VN_SUBCONTRACT_PHASE_MC" ("Company_Code", "Vendor_Code", "Subcontract_Number", "Phase_Code",'
        " \"Cost_Type\", \"Original_Contract_Amount\") values ('1', 'NOBODY', 'NONE', '999990', 'S', 77)"
    )
    publish(world)
    world.sync("subcontracts")
    publish(world)
    staged = "select original_contract_amount from spectrum.subcontract_items where job_number = ''"
    assert world.ask(staged) == [(Decimal(77),)]
    assert world.ask("select * from marts.job_cost_summary where job_number = '' or phase_code = '999990'") == []
    assert_right(world)
    wipe(world)
    publish(world)
    assert_right(world)
