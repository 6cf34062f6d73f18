"""A warehouse for the page's tests: everything it shows, in names that people would meet, of any size."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from tests.page.page_agreements import STATEMENTS as AGREEMENTS
from tests.page.page_wip import sync_before

_JOBS = """
insert into spectrum.jobs (company_code, job_number, job_description, status_code, customer_code, start_date,
    est_complete_date, original_contract, importable, _row_hash, _run_id, _read_at, _changed_at)
select '1', '24-' || lpad(n::text, 4, '0'),
    (array['Cedar Ridge', 'Harbor View', 'Maple Street', 'Stonegate', 'Lakeside', 'Union Station', 'Foothill',
        'Riverbend'])[1 + n %% 8] || ' ' ||
    (array['Medical Center', 'Elementary', 'Parking Garage', 'Office Tower', 'Water Plant', 'Apartments'])[1 + n %% 6],
    case when n %% 7 = 0 then 'C' else 'A' end, 'C' || n %% 20, date '2025-01-06' + n %% 90, date '2026-12-18',
    1000000 + n * 1000, true, gen_random_uuid(), 'seed', now(), now()
from generate_series(1, %(jobs)s) as n;
"""
_BUDGETS = """
insert into spectrum.budgets (company_code, job_number, phase_code, cost_type, description, status_code,
    original_estimate, estimate_adjustments, approved_changes, current_estimate, original_hours, current_hours,
    unit_of_measure, _row_hash, _run_id, _read_at, _changed_at)
select '1', job_number, phase, cost_type, title, 'A', original, adjusted, changed, original + adjusted + changed,
    case cost_type when 'L' then round(original / 65, 1) end, case cost_type when 'L' then round(original / 63, 1) end,
    'EA', gen_random_uuid(), 'seed', now(), now()
from (
    select job_number, phase, title, cost_type,
        round((20000 + 400 * (abs(hashtext(job_number || phase || cost_type)) %% 900))::numeric, 2) as original,
        case abs(hashtext(job_number || phase)) %% 5 when 0 then 2500.00 else 0 end as adjusted,
        case abs(hashtext(phase || job_number || cost_type)) %% 4 when 0 then 12750.50 else 0 end as changed
    from spectrum.jobs,
        (values ('01000', 'General requirements', 'L'), ('01000', 'General requirements', 'O'),
            ('02300', 'Earthwork', 'S'), ('02300', 'Earthwork', 'E'), ('03300', 'Cast-in-place concrete', 'L'),
            ('03300', 'Cast-in-place concrete', 'M'), ('04200', 'Masonry', 'S'), ('05120', 'Structural steel', 'S'),
            ('07500', 'Roofing', 'S'), ('08100', 'Doors and frames', 'M'), ('09250', 'Gypsum board', 'S'),
            ('15400', 'Plumbing', 'S'), ('15700', 'Heating and air conditioning', 'S'), ('16100', 'Electrical', 'S')
        ) as phases (phase, title, cost_type)
) as lines;
"""
_PROJECTIONS = """
insert into spectrum.projections (company_code, job_number, phase_code, cost_type, projected_cost, _row_hash, _run_id,
    _read_at, _changed_at)
select '1', job_number, phase_code, cost_type, round(current_estimate * part, 2), gen_random_uuid(), 'seed', now(),
    now()
from spectrum.budgets join (values ('15400', 0.60), ('15700', 1.40)) as entered (phase_code, part) using (phase_code);
"""
_SUBCONTRACTS = """
insert into spectrum.subcontracts (company_code, job_number, vendor_code, subcontract_number, status_code, date_issued,
    _row_hash, _run_id, _read_at, _changed_at)
select distinct '1', job_number, 'ACME', 'S' || phase_code, case phase_code when '07500' then 'I' else 'A' end,
    date '2025-01-20', gen_random_uuid(), 'seed', now(), now()
from spectrum.budgets where cost_type = 'S';
insert into spectrum.subcontract_items (company_code, job_number, vendor_code, subcontract_number, phase_code,
    cost_type, bid_item_number, original_contract_amount, _row_hash, _run_id, _read_at, _changed_at)
select '1', job_number, 'ACME', 'S' || phase_code, phase_code, cost_type, '', round(original_estimate * 0.92, 2),
    gen_random_uuid(), 'seed', now(), now()
from spectrum.budgets where cost_type = 'S';
insert into spectrum.subcontract_changes (company_code, job_number, change_request_number, vendor_code,
    subcontract_number, phase_code, cost_type, sub_amount, sub_status, _row_hash, _run_id, _read_at, _changed_at)
select '1', job_number, number, 'ACME', 'S05120', '05120', 'S', amount, status, gen_random_uuid(), 'seed', now(), now()
from spectrum.jobs, (values ('PCO-001', 4200.50, 'E'), ('PCO-002', 900.00, 'P')) as changes (number, amount, status);
"""
_COSTS = """
insert into spectrum.job_cost_transactions (company_code, job_number, phase_code, cost_type, tran_date, tran_type_code,
    tran_amount, total_hours, reference_1, description, vendor_code, vendor_name, _month, _row_hash, _run_id, _read_at,
    _changed_at)
select '1', b.job_number, b.phase_code, b.cost_type, d, case b.cost_type when 'L' then 'PR' else 'AP' end,
    round(b.current_estimate / %(postings)s
        * (0.4 + (abs(hashtext(b.job_number || b.phase_code || n)) %% 100) / 80.0)::numeric, 2),
    case b.cost_type when 'L' then 8.5 end, 'INV' || 1000 + n,
    (array['Progress billing', 'Delivery', 'Weekly payroll', 'Rental', 'Retainage released'])[1 + n %% 5],
    case b.cost_type when 'L' then null else 'ACME' end,
    case b.cost_type when 'L' then null else 'Acme Building Supply' end, to_char(d, 'YYYYMM'), gen_random_uuid(),
    'seed', now(), now()
from spectrum.budgets as b, generate_series(1, %(postings)s) as n,
    lateral (select date '2025-01-10' + ((n * 660) / %(postings)s + abs(hashtext(b.job_number)) %% 20)::int as d) as at;
"""
_REJECTED = """
insert into sync.rejected_rows (object_name, table_name, company_code, job_number, row_key, column_name, value, reason,
    source_row, landing_id, run_id, rejected_at)
select o, t, '1', '24-' || lpad((1 + n %% %(jobs)s)::text, 4, '0'), case o when 'job_costs' then null else
        jsonb_build_object('company_code', '1', 'job_number', '24-' || lpad((1 + n %% %(jobs)s)::text, 4, '0')) end,
    c, v,
    c || ' is not ' || what || ': correct it in Spectrum, the next sync takes it',
    jsonb_build_object('company_code', '  1', 'job_number', '24-' || lpad((1 + n %% %(jobs)s)::text, 4, '0'),
        'phase_code', '     05120', 'cost_type', '  S', 'tran_date', '20260415', 'tran_amount', '125.00',
        'description', 'Delivery ' || n, 'vendor_name', case o when 'job_costs' then null else 'Vendor ' || n end)
        || jsonb_build_object(c, v), 1, 'seed', now() - n * interval '1 second'
from generate_series(1, %(rejected)s) as n,
    lateral (select * from (values
        (0, 'job_costs', 'job_cost_transactions', 'tran_date', '20250231', 'a date'),
        (1, 'job_costs', 'job_cost_transactions', 'tran_amount', '12.3.4', 'an amount'),
        (2, 'vendors', 'vendors', 'vendor_name', '', 'filled in'),
        (3, 'jobs', 'jobs', 'status_code', 'Z', 'A, I or C')) as kinds (k, o, t, c, v, what)
        where k = case n %% 50 when 7 then 2 when 9 then 3 else n %% 2 end) as kind;
"""
#: The run that asked about the records that wait from the start.
SEED_RUN = "manual__1"
_QUEUE = (
    ("vendors", "", "v1", "Front Range Drywall LLC", "waiting"),
    ("vendors", "", "v2", "Summit Glass & Glazing", "waiting"),
    ("vendors", "", "v3", "Blue Spruce Electric", "linked"),
    ("jobs", "501", "501", "Cedar Ridge Medical Center", "linked"),
    ("jobs", "502", "502", "Harbor View Elementary School Addition", "not_ready"),
    ("commitments", "501", "c1", "Subcontract SC-0001, Blue Spruce Electric (Cedar Ridge Medical Center)", "waiting"),
    ("commitments", "501", "c2", "Subcontract SC-0002, Front Range Drywall (Cedar Ridge Medical Center)", "not_ready"),
    ("commitments", "501", "c3", "Purchase order PO-0007, Acme Supply (Cedar Ridge Medical Center)", "failed"),
    ("commitments", "501", "c4", "Subcontract SC-0003, Peak Plumbing (Cedar Ridge Medical Center)", "rejected"),
    ("budget_changes", "501", "b1", "Budget change 3 (Cedar Ridge Medical Center)", "ready"),
    ("budget_changes", "501", "b2", "Budget change 4 (Cedar Ridge Medical Center)", "sending"),
)
_BROKEN = [
    {
        "rule": "G1", "field": "vendor", "value": "Front Range Drywall LLC",
        "message": "The contract company is not linked to a synced vendor",
        "fix": "export the company as a vendor, or link it to an existing vendor in Procore",
    },
    {
        "rule": "G1", "field": "lines", "value": "L, S", "message": "The lines have two cost types, L and S",
        "fix": "split the contract so that all lines share one cost type",
    },
]  # fmt: skip
#: The form of a vendor, as `orchestration.approval` makes it.
FORM: dict[str, Any] = {
    "vendor_code": {
        "value": "FRONTRANGE", "description": "Unique in Spectrum. Needed to accept.",
        "schema": {
            "type": ["null", "string"], "title": "Vendor code", "maxLength": 10, "pattern": "^([A-Z0-9]+)$",
            "patternSays": "only upper-case letters and digits", "requiredToAccept": True,
        },
    },
    "vendor_type": {
        "value": None, "description": "Decides how it is paid. Needed to accept.",
        "schema": {
            "type": ["null", "string"], "title": "Vendor type", "enum": [None, "SUB", "MAT", "EQP"],
            "requiredToAccept": True,
        },
    },
    "reason": {"value": None, "description": "Why it is rejected.", "schema": {"type": ["null", "string"]}},
}  # fmt: skip
#: The form of a commitment.
CONTRACT_FORM: dict[str, Any] = {
    "subcontract_number": {
        "value": "SC-0001", "description": "Id of the new subcontract in Spectrum. Needed to accept.",
        "schema": {"type": ["null", "string"], "title": "Subcontract id", "maxLength": 10, "requiredToAccept": True},
    },
    "reason": FORM["reason"],
}  # fmt: skip
_PROJECTS = {"501": "Cedar Ridge Medical Center"}
_SUBCONTRACT = {"Company_Code": "1", "Vendor_Code": "BLUESPRUCE", "Subcontract_Number": "SC-0001"}


def _line(phase: str, description: str, amount: str) -> dict[str, Any]:
    return {
        "service": "UpdateSubcontractPhases", "key": {**_SUBCONTRACT, "Phase_Code": phase, "Cost_Type": "S"},
        "fields": {"Bill_Description": description, "Original_Contract_Amount": amount}, "adds": True,
    }  # fmt: skip


#: What the approver of a commitment is shown, as `exports.display.shown` makes it.
CONTRACT: dict[str, Any] = {
    "document": {
        "key": "BLUESPRUCE/SC-0001",
        "calls": [
            {
                "service": "UpdateSubcontract", "key": _SUBCONTRACT, "adds": True,
                "fields": {
                    "Job_Number": "24-0001", "Status_Code": "A", "Unit_Price_Flag": "N", "GL_Account": "501000000000",
                    "Retention_Percent": "10.0",
                },
            },
            _line("16100", "Electrical rough-in", "48250.00"),
            _line("16200", "Switchgear", "12400.50"),
            _line("16900", "Credit for fixtures", "-1150.25"),
        ],
    },
    "held": [None, None, None, None],
    "proposed": [{"name": "subcontract_number", "title": "Subcontract id", "value": "SC-0001"}],
    "totals": [
        {
            "label": "Contract amount", "element": "Original_Contract_Amount", "amount": "59500.25", "now": None,
            "lines": 3,
        }
    ],
    "unread": None,
    "fills": {"subcontract_number": ["Subcontract_Number"]},
    "complete": True,
}  # fmt: skip


def vendor(title: str, code: str, *, complete: bool) -> dict[str, Any]:
    """What the approver of a vendor is shown.

    Args:
        title: its name.
        code: what the form proposes.
        complete: whether it proposes the vendor type, too.
    """
    kind = "MAT" if complete else ""
    fields = {"Vendor_Name": title, "Alpha_Sort": "FRONTR", "Type": kind or "(as you enter it)", "Address_3": "Akron"}
    key = {"Company_Code": "1", "Vendor_Code": code}
    call = {"service": "AddVendor", "key": key, "fields": fields, "adds": True}
    return {
        "document": {"key": code, "calls": [call]},
        "held": [None],
        "proposed": [
            {"name": "vendor_code", "title": "Vendor code", "value": code},
            {"name": "vendor_type", "title": "Vendor type", "value": kind},
        ],
        "totals": [],
        "unread": None,
        "fills": {"vendor_code": ["Vendor_Code"], "vendor_type": ["Type"]},
        "complete": complete,
    }


def prepare(url: str) -> None:
    """Create every table that a synced warehouse has."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        for obj in OBJECTS.values():
            for table in obj.tables:
                ensure_table(connection, table)


def fill(url: str, *, jobs: int = 24, postings: int = 30, rejected: int = 130) -> None:
    """Fill an empty warehouse.

    Args:
        postings: of each of the fourteen budget lines of each job.
        rejected: rows that could not be staged.
    """
    prepare(url)
    with psycopg.connect(url) as connection:
        for statement in (_JOBS, _BUDGETS, _PROJECTIONS, _SUBCONTRACTS, _COSTS, _REJECTED, *AGREEMENTS):
            # By a client-side cursor: several statements in one text.
            psycopg.ClientCursor(connection).execute(
                statement.encode(), {"jobs": jobs, "postings": postings, "rejected": rejected}
            )
        sync_before(connection)
        _runs(connection)
        _queue(connection)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("analyze")
    publish_marts(url, "1", whole=True)


def reject(url: str, *, jobs: int, rejected: int) -> None:
    """List more rows that could not be staged, in a warehouse that has its tables."""
    with psycopg.connect(url) as connection:
        connection.execute(_REJECTED.encode(), {"jobs": jobs, "rejected": rejected})


def _runs(connection: psycopg.Connection) -> None:
    now = datetime.now(UTC)
    for number, (name, obj) in enumerate(OBJECTS.items()):
        at = now - timedelta(minutes=7 * number + 3)
        state = "stopped" if name == "budgets" else "published"
        landing = connection.execute(
            "insert into sync.landings (object_name, company_code, dag_id, run_id, try_number, scope, read_at, state)"
            " values (%s, '1', %s, 'scheduled__1', 1, '{}', %s, %s) returning landing_id",
            [name, obj.dag_id, at, state],
        ).fetchone()
        assert landing is not None
        for table in obj.tables:
            read = at - timedelta(hours=30) if name == "prime_contracts" else at
            _run(connection, landing[0], obj.dag_id, table.name, name, read, state)
    connection.execute(
        "insert into sync.checks (landing_id, object_name, table_name, company_code, run_id, source, check_name,"
        " severity, status, column_names, rows_checked, rows_failed, examples, message, remedy)"
        " select landing_id, 'budgets', 'budgets', '1', 'scheduled__1', 'guard', 'deleted_share', 'critical', 'failed',"
        " '{}', 336, 120, '[{\"job_number\": \"24-0003\"}]', '120 of 336 rows would be deleted, more than 20 %%',"
        " 'Look at Spectrum, then allow one mass delete in the trigger form' from sync.landings"
        " where object_name = 'budgets'",
        [],
    )
    connection.execute(
        "insert into sync.drift (object_name, table_name, company_code, reader, source_name, column_name, change,"
        " detail, landing_id) values ('vendors', 'vendors', '1', 'infolink', 'VN_MASTER_MC', 'Fax_2', 'new',"
        " 'Spectrum has a column that is not staged: nothing is affected', 1)"
    )


def _run(
    connection: psycopg.Connection, landing: int, dag_id: str, table: str, name: str, at: datetime, state: str
) -> None:
    rows = connection.execute(f"select count(*) from spectrum.{table}".encode()).fetchone()  # noqa: S608
    connection.execute(
        "insert into sync.landing_tables (landing_id, table_name, relation, reader, landed_rows, source_rows, sums)"
        " values (%s, %s, '', 'infolink', %s, %s, '{}')",
        [landing, table, rows and rows[0], rows and rows[0]],
    )
    stopped = state == "stopped"
    connection.execute(
        "insert into sync.runs (landing_id, object_name, table_name, company_code, dag_id, run_id, reader, state,"
        " narrowed, started_at, read_at, finished_at, seconds, staged_rows, new_rows, changed_rows, deleted_rows,"
        " checks_passed, checks_warned, checks_failed, message, remedy) values (%s, %s, %s, '1', %s,"
        " 'scheduled__1', 'infolink', %s, false, %s, %s, %s, 12.4, %s, %s, %s, 0, %s, %s, %s, %s, %s)",
        [
            landing, name, table, dag_id, state, at, at, at + timedelta(seconds=12), rows[0] if rows else 0,
            0 if stopped else 3, 0 if stopped else 14, 8, 1 if name == "vendors" else 0, 1 if stopped else 0,
            "120 of 336 rows would be deleted" if stopped else None,
            "look at Spectrum, then allow one mass delete in the trigger form" if stopped else None,
        ],
    )  # fmt: skip


def _queue(connection: psycopg.Connection) -> None:
    for number, (name, project, record, title, state) in enumerate(_QUEUE):
        waiting = state == "waiting"
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, project_name, state,"
            " fingerprint, broken, reason, shown, asks_dag_id, asks_run_id, asks_task_id, asks_map_index, run_id,"
            " changed_at) values (%s, '1', %s, %s, %s, %s, %s, 'f', %s, %s, %s, %s, %s, %s, %s, 'seed', %s)",
            [
                name, project, record, title, _PROJECTS.get(project), state,
                json.dumps(_BROKEN if state == "not_ready" else []),
                "Spectrum refused it: GL account 5010000 is closed. Open the account in Spectrum, then export it again"
                if state == "failed" else "Wrong vendor; see e-mail of Monday" if state == "rejected" else None,
                json.dumps(CONTRACT if record == "c1" else vendor(title, "FRONTRANGE", complete=False))
                if waiting else None,
                f"export_{name}" if waiting else None, SEED_RUN if waiting else None,
                "record.approve" if waiting else None, number if waiting else None,
                datetime.now(UTC) - timedelta(minutes=11 * number),
            ],
        )  # fmt: skip


def wait_for_approver(
    url: str,
    record: str,
    title: str,
    run_id: str,
    map_index: int,
    *,
    code: str = "FRONTRANGE",
    complete: bool = False,
    reason: str | None = None,
) -> None:
    """Add a vendor that waits for an approver, or let it be asked about anew.

    Args:
        run_id, map_index: of the task instance that asks; `PageAirflow.waits` makes it.
        code: the vendor code that its form proposes.
        complete: whether its form needs no input.
        reason: why it is asked again.
    """
    shown = vendor(title, code, complete=complete)
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into export.queue (object_name, company_code, project_id, record_id, title, state, fingerprint,"
            " shown, asks_dag_id, asks_run_id, asks_task_id, asks_map_index, run_id, reason) values ('vendors', '1',"
            " '', %s, %s, 'waiting', 'f', %s, 'export_vendors', %s, 'record.approve', %s, 'seed', %s)"
            " on conflict (object_name, company_code, project_id, record_id) do update set"
            " asks_run_id = excluded.asks_run_id, asks_map_index = excluded.asks_map_index, reason = excluded.reason",
            [record, title, json.dumps(shown), run_id, map_index, reason],
        )
