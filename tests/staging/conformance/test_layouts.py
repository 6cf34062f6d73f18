"""Three sites with the same books: a hosted one, one under older names, and one that shows certain columns only (M4).

Each stages everything; what that gives and what it says is compared, and no cent is lost on any of them: money in =
money staged + listed.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from source_oracle import ADDED_UP, EXPECTED, Values, columns_of
from staging_harness import Seen, Spectrum, Warehouse, infolink_settings, problems, without_checks

from sandbox.data import layouts
from sandbox.data.generate import load
from sandbox.infolink.server import InfoLinkServer
from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.run import Run
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.verify import verify
from stack.postgres import EmbeddedPostgres
from tests.repeats import repeats

_PASSWORD = "layouts"
_MONEY = {"money"}
#: Staged tables that cannot be staged where only certain columns are shown, and a part of what is said of it.
NOT_STAGED = {
    "prime_contract_items": "contracts have no schedule of values",
    "subcontract_changes": "the committed cost of subcontracts is known without their changes",
    "open_receivables": "ages are of what was invoiced",
}
#: What a staged column holds there instead, as SQL over the row `x` of the source.
INSTEAD = {
    "standard_cost_codes": {"phase_category": "''", "importable": "false"},
    "standard_cost_types": {"status_code": "null"},
    "prime_contracts": {
        "contract_number": "null",
        "contract_description": "null",
        "price_method_code": "null",
        "contract_date": "null",
        "status_code": "null",
        "retention_percent": "null",
        # The job's own, on the contract with the job's customer; another customer's contract has no amount.
        "original_contract": """coalesce((
            select j."Original_Contract" from dbo."JC_JOB_MASTER_MC" as j
            where btrim(j."Company_Code") = btrim(x."Company_Code") and btrim(j."Job_Number") = btrim(x."Job_Number")
                and btrim(j."Customer_Code") = btrim(x."Customer_Code")), 0)""",
    },
    "change_requests": {"cr_description": "null", "origination_date": "null", "approved_date": "null"},
    "change_request_statuses": {"description": "null"},
    # Of a line nothing is shown but its company: all of them are one row.
    "change_request_revenues": {
        "job_number": "''",
        "customer_code": "''",
        "change_request_number": "''",
        "billing_item": "''",
        "description": "null",
        "cr_revenue": """(select sum(o."CR_Revenue") from dbo."CR_CHNG_REQ_REV_MC" as o
            where btrim(o."Company_Code") = btrim(x."Company_Code"))""",
    },
}


@dataclass
class Site:
    """One layout, everything staged of company 1.

    Args:
        name: of the layout.
        warehouse: with everything staged and the marts computed.
        tables: what is staged and what the source holds.
        drift: open differences: (Info-Link table, column) -> what is affected.
        checks: (table, check) -> status and message.
        verified: what `verify_staging` compared, by table.
    """

    name: str
    warehouse: Warehouse
    tables: dict[str, Seen]
    drift: dict[tuple[str, str], str]
    checks: dict[tuple[str, str], tuple[str, str]]
    verified: set[str]


@pytest.fixture(scope="module")
def sites(postgres: EmbeddedPostgres, warehouse_template: str) -> Iterator[Callable[[str], Site]]:
    """Stages each layout when it is first asked for."""
    url = postgres.create_database("layouts_source")
    load(url, jobs=8, transactions=1200, seed=2)
    made: dict[str, Site] = {}
    with (
        psycopg.connect(url, autocommit=True) as connection,
        InfoLinkServer(url, password=_PASSWORD, tls=False) as server,
    ):
        infolink = InfoLinkConnection(
            "127.0.0.1", "Spectrum", "infolink", _PASSWORD, port=server.port, encryption="off"
        )
        spectrum = Spectrum(connection, infolink)

        def site(name: str) -> Site:
            if name not in made:
                layouts.show(connection, name)
                url = postgres.create_database(f"layouts_{name}", template=warehouse_template)
                with contextlib.nullcontext() if name == "hosted" else without_checks():
                    made[name] = _stage(name, Warehouse(url, spectrum))
            return made[name]

        yield site
    for name in made:
        postgres.drop_database(f"layouts_{name}")
    postgres.drop_database("layouts_source")


def _stage(name: str, warehouse: Warehouse) -> Site:
    settings = infolink_settings(max_rejected_rows=100)
    for object_name in OBJECTS:
        warehouse.sync(object_name, settings=settings)
    publish_marts(warehouse.url, "1")
    verified = set()
    with Sources(settings.company("1"), infolink=warehouse.spectrum.infolink) as sources:
        for obj in OBJECTS.values():
            for result in verify(warehouse.url, obj, Run("verify_staging", f"verify_{name}"), sources, settings):
                assert result.status == "passed"
            verified |= {table.name for table in obj.tables if table.infolink}
    drift = warehouse.query(
        "select source_name, column_name, string_agg(detail, ' | ') from sync.drift"
        " where resolved_at is null and change = 'missing' group by 1, 2"
    )
    checks = warehouse.query("select table_name, check_name, status, message from sync.checks where company_code = '1'")
    return Site(
        name,
        warehouse,
        {table: warehouse.look(table) for table in EXPECTED},
        {(source, column): detail for source, column, detail in drift},
        {(table, check): (status, message) for table, check, status, message in checks},
        verified,
    )


@pytest.mark.parametrize("table", EXPECTED)
@pytest.mark.parametrize("layout", repeats(["hosted", "aliases"]))
def test_all_names_give_the_same(sites: Callable[[str], Site], layout: str, table: str) -> None:
    """M4: under whatever names, what is staged is what the source holds, less what is listed."""
    seen = sites(layout).tables[table]
    assert seen.source, "a table of which nothing is compared proves nothing"
    if layout == "aliases":  # an older site keeps NULL where a hosted one keeps 0
        seen.source, seen.staged = _nothing_is_null(seen.source), _nothing_is_null(seen.staged)
    assert problems(seen, table, ("company_code",)) == []


@pytest.mark.parametrize("table", EXPECTED)
def test_what_is_only_assumed_stops_nothing(sites: Callable[[str], Site], table: str) -> None:
    """M4: the object stages what it can, added up or left out, and says what is missing and what that affects."""
    site = sites("bare")
    if table in NOT_STAGED:
        assert site.tables[table].staged.total() == 0
        status, message = site.checks[table, "can_be_staged"]
        assert (status, NOT_STAGED[table] in message) == ("warned", True), message
        return
    expected = _source_rows(site.warehouse.spectrum.connection, table, INSTEAD.get(table, {}))
    seen = site.tables[table]
    seen.source = expected
    assert problems(seen, table, ("company_code",)) == []


@pytest.mark.slow
def test_what_each_layout_says(sites: Callable[[str], Site]) -> None:
    """M4: a hosted site differs in nothing; older names neither; what is missing is named with what it affects."""
    assert sites("hosted").drift == {}
    assert sites("aliases").drift == {}
    drift = sites("bare").drift
    assert set(drift) == {
        ("JC_STD_PHASE_DESCRIPTION_MC", "Phase_Category"),
        ("JC_COST_TYPE_MASTER_MC", "Status_Code"),
        ("CR_CONTRACT_MASTER_MC", "Contract_Number"),
        ("CR_CONTRACT_MASTER_MC", "Contract_Description"),
        ("CR_CONTRACT_MASTER_MC", "Price_Method_Code"),
        ("CR_CONTRACT_MASTER_MC", "Original_Contract_Amount"),
        ("CR_CONTRACT_MASTER_MC", "Contract_Date"),
        ("CR_CONTRACT_MASTER_MC", "Status_Code"),
        ("CR_CONTRACT_MASTER_MC", "Retention_Percent"),
        ("CR_BID_ITEM_DES_MC", "Billing_Item"),
        ("CR_BID_ITEM_DES_MC", "Billing_Description"),
        ("CR_BID_ITEM_DES_MC", "Original_Contract"),
        ("CR_BID_ITEM_DES_MC", "Projected_Revenue"),
        ("CR_BID_ITEM_DES_MC", "GL_Account"),
        ("CR_BID_ITEM_DES_MC", "Cost_Center"),
        ("CR_CHNG_REQ_HDR_MC", "CR_Description"),
        ("CR_CHNG_REQ_HDR_MC", "Origination_Date"),
        ("CR_CHNG_REQ_HDR_MC", "Approved_Date"),
        ("CR_CHNG_REQ_REV_MC", "Job_Number"),
        ("CR_CHNG_REQ_REV_MC", "Customer_Code"),
        ("CR_CHNG_REQ_REV_MC", "Change_Request_Number"),
        ("CR_CHNG_REQ_REV_MC", "Billing_Item"),
        ("CR_CHNG_REQ_REV_MC", "Description"),
        ("CR_CHNG_REQ_STATUS_MC", "Description"),
        ("CR_OPEN_ITEM_MC", "Company_Code"),
        ("VN_CHNG_REQ_SUB_DET_MC", ""),
        ("VN_CHNG_REQ_SUB_HDR_MC", ""),
    }
    assert "added up" in drift["CR_CHNG_REQ_REV_MC", "Billing_Item"]
    assert "no standard cost code is importable" in drift["JC_STD_PHASE_DESCRIPTION_MC", "Phase_Category"]
    assert (
        "JC_JOB_MASTER_MC.Original_Contract stands for it" in drift["CR_CONTRACT_MASTER_MC", "Original_Contract_Amount"]
    )


@pytest.mark.parametrize("layout", repeats(layouts.LAYOUTS))
def test_money_in_is_money_staged_and_listed(sites: Callable[[str], Site], layout: str) -> None:
    """To the cent, of every amount that the layout shows."""
    site = sites(layout)
    for obj in OBJECTS.values():
        for table in obj.tables:
            if table.infolink is None or (layout == "bare" and table.name in NOT_STAGED):
                continue
            amounts = [column.name for column in table.columns if column.type in _MONEY and not column.derived]
            instead = INSTEAD.get(table.name, {}) if layout == "bare" else {}
            held = _source_rows(site.warehouse.spectrum.connection, table.name, instead)
            listed = site.tables[table.name].rejected
            for amount in amounts:
                place = columns_of(table.name).index(amount)
                there = sum((row[place] or 0) * count for row, count in held.items())
                staged = sum((row[place] or 0) * count for row, count in site.tables[table.name].staged.items())
                rejected = sum(Decimal(row["source_row"][amount] or 0) for row in listed)
                assert there == staged + rejected, f"{table.name}.{amount}"


def test_marts_of_each_layout(sites: Callable[[str], Site]) -> None:
    """M6: budget and cost are the same everywhere; what is committed lacks the changes that a site does not show."""
    total = (
        "select sum(current_estimate), sum(actual_cost), sum(projected_cost), sum(committed_cost)"
        " from marts.job_cost_summary"
    )
    (hosted,), (aliases,), (bare,) = (sites(name).warehouse.query(total) for name in ("hosted", "aliases", "bare"))
    assert hosted == aliases
    assert bare[:3] == hosted[:3]
    ((changes,),) = sites("hosted").warehouse.query(
        "select sum(c.sub_amount) from spectrum.subcontract_changes as c join spectrum.subcontracts as s"
        " using (company_code, job_number, vendor_code, subcontract_number)"
        " where c.sub_status = 'E' and s.status_code is distinct from 'I'"
    )
    assert changes
    assert bare[3] == hosted[3] - changes


def _nothing_is_null(rows: Counter[Values]) -> Counter[Values]:
    found: Counter[Values] = Counter()
    for row, count in rows.items():
        found[tuple(None if isinstance(value, Decimal) and not value else value for value in row)] += count
    return found


def _source_rows(connection: psycopg.Connection, table: str, instead: Mapping[str, str]) -> Any:
    """The rows of the oracle, with other expressions for some columns."""
    source, expressions = EXPECTED[table]
    chosen = [instead.get(name, expression) for name, expression in expressions.items()]
    distinct = "distinct" if table in ADDED_UP or "phase_category" in instead else ""
    query = f'select {distinct} {", ".join(chosen)} from dbo."{source}" as x where btrim(x."Company_Code") = %s'  # noqa: S608
    return Counter(connection.execute(sql.SQL(query), ["1"]).fetchall())  # type: ignore[arg-type]
