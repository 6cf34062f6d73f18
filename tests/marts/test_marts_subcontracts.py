"""M6: how a subcontract stands: agreed, changed, invoiced, paid, retained."""

# ruff: noqa: S608  queries are put together from names in these files

from __future__ import annotations

from decimal import Decimal

from mart_oracle import assert_right
from marts_world import publish
from staged_rows import StagedRows
from test_marts_committed import OF_SUBCONTRACT, subcontract_of_company_1

from spectrum_etl.marts.publish import publish_marts
from tests.staging.resilience.harness import World

STATUS = (
    "select original_amount, executed_changes, pending_changes, revised_amount, committed_amount, invoiced, paid,"
    " retained, balance, to_pay, overbilled, header_staged from marts.subcontract_status where company_code = '1'"
    " and vendor_code = %s and subcontract_number = %s"
)
HEADERS = '"VN_SUBCONTRACT_MC"'


def test_m6_a_subcontract_is_followed_from_its_lines_to_its_balance(world: World) -> None:
    publish(world)
    assert_right(world)
    job, vendor, number, amount = subcontract_of_company_1(world)
    mine = (vendor, number)

    def after(statement: str, *values: object) -> tuple[object, ...]:
        assert world.change(statement, *values) > 0
        world.sync("subcontracts", allow_mass_delete=True)
        assert not publish_marts(world.warehouse, "1")["subcontract_status"].whole
        assert_right(world)
        return world.ask(STATUS, *mine)[0]

    invoiced = f'update {HEADERS} set "Total_Billed" = %s, "Total_Paid" = %s, "Retention_Balance" = %s'
    found = after(f"{invoiced} where {OF_SUBCONTRACT}", 1000, 850, 100, *mine)
    assert found == (
        *(amount, Decimal(0), Decimal(0), amount, amount),
        *(Decimal(1000), Decimal(850), Decimal(100), amount - 1000, Decimal(50), False, True),
    )
    for request, status, change in (("CR77", "E", "-12.34"), ("CR78", "P", "500"), ("CR79", "R", "999")):
        side = (job, request, vendor, number)
        world.change(
            'insert into "VN_CHNG_REQ_SUB_DET" ("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code",'
            ' "Subcontract_Number", "Phase_Code", "Cost_Type", "Sub_Amount") values'
            f" ('1', %s, %s, %s, %s, '999999', 'S', {change})",
            *side,
        )
        world.change(
            'insert into "VN_CHNG_REQ_SUB_HDR" ("Company_Code", "Job_Number", "Change_Request_Number", "Vendor_Code",'
            f" \"Subcontract_Number\", \"Sub_Status\") values ('1', %s, %s, %s, %s, '{status}')",
            *side,
        )
    found = after(f"{invoiced} where {OF_SUBCONTRACT}", amount, amount, 0, *mine)
    revised = amount - Decimal("12.34")
    assert found == (
        *(amount, Decimal("-12.34"), Decimal(500), revised, revised),
        *(amount, amount, Decimal(0), Decimal("-12.34"), Decimal(0), True, True),
    ), "more was invoiced than agreed; a pending change is not agreed, a rejected one is nothing"
    found = after(f"update {HEADERS} set \"Status_Code\" = 'I' where {OF_SUBCONTRACT}", *mine)
    assert (found[3], found[4]) == (revised, 0), "an inactive one is not committed"
    found = after(f"delete from {HEADERS} where {OF_SUBCONTRACT}", *mine)
    assert (found[0], found[1], found[5], found[-1]) == (0, Decimal("-12.34"), None, False), "its changes are left"
    assert found[4] == 0, "a deleted one is not committed, whatever is left of it"


def test_m6_names_of_jobs_and_vendors_follow(world: World) -> None:
    publish(world)
    _, vendor, number, _ = subcontract_of_company_1(world)
    world.change('update "VN_VENDOR_MASTER_MC" set "Vendor_Name" = \'Renamed\'')
    world.change('update "JC_JOB_MASTER_MC" set "Job_Description" = \'Renamed\'')
    for name in ("vendors", "jobs"):
        world.sync(name)
    assert not publish_marts(world.warehouse, "1")["subcontract_status"].whole
    names = "select vendor_name, job_description from marts.subcontract_status where company_code = '1'"
    assert world.ask(f"{names} and vendor_code = %s and subcontract_number = %s", vendor, number) == [
        ("Renamed", "Renamed")
    ]
    assert_right(world)


def test_m6_changes_that_a_site_does_not_show_are_not_known(warehouse_database: str) -> None:
    staged = StagedRows(warehouse_database)
    key = {"job_number": "J1", "vendor_code": "V1", "subcontract_number": "S1"}
    code = {"phase_code": "0100", "cost_type": "S"}
    figures = (
        "select original_amount, executed_changes, pending_changes, revised_amount, balance, overbilled,"
        " committed_amount from marts.subcontract_status"
    )
    with staged.sync() as sync:
        sync.put("subcontracts", **key, status_code="A", total_billed=400)
        sync.put("subcontract_items", **key, **code, original_contract_amount=1000)
    staged.marts()
    assert staged.ask(figures) == [(1000, None, None, None, None, None, 1000)]
    with staged.sync() as sync:
        sync.landing("subcontract_changes")
    staged.marts()
    assert staged.ask(figures) == [(1000, 0, 0, 1000, 600, False, 1000)], "there are none"
    with staged.sync() as sync:
        sync.put("subcontract_changes", **(key | {"job_number": ""}), **code, sub_status="E", sub_amount=5)
    staged.marts()
    assert staged.ask(figures) == [(1000, None, None, None, None, None, 1000)], "whose they are is not shown"


def test_m6_what_is_to_pay_is_not_known_where_retention_is_not_shown(warehouse_database: str) -> None:
    staged = StagedRows(warehouse_database)
    with staged.sync() as sync:
        for number, retained in (("S1", None), ("S2", 100)):
            key = {"job_number": "J1", "vendor_code": "V1", "subcontract_number": number}
            sync.put("subcontracts", **key, total_billed=1000, total_paid=700, retention_balance=retained)
    staged.marts()
    assert staged.ask("select to_pay from marts.subcontract_status order by subcontract_number") == [(None,), (200,)]
    assert_right(staged)
