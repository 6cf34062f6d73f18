"""What the WIP schedule of the page's warehouse needs beside: that it was synced before, and what has changed since.

Everything was read whole a hundred days ago, so that the months which ended since are known as they were then. Since
the last of them was closed, the estimate of some jobs has grown, and a posting of job 24-0003 came late.
"""

from __future__ import annotations

from typing import Any

import psycopg

from spectrum_etl.staging.objects import OBJECTS

_SYNCED_BEFORE = """
with landing as (
    insert into sync.landings (object_name, company_code, dag_id, run_id, try_number, scope, read_at, state)
    values (%(object)s, '1', %(dag)s, 'scheduled__0', 1, '{}', now() - interval '100 days', 'published')
    returning landing_id, read_at
)
insert into sync.runs (landing_id, object_name, table_name, company_code, dag_id, run_id, reader, state, narrowed,
    started_at, read_at, finished_at, seconds, staged_rows, new_rows, changed_rows, deleted_rows, deferred_rows)
select landing_id, %(object)s, name, '1', %(dag)s, 'scheduled__0', 'infolink', 'published', false, read_at, read_at,
    read_at, 10, 0, 0, 0, 0, 0
from landing, unnest(%(tables)s::text[]) as name
"""
#: After the last month was closed, whatever day it is.
_SINCE = "now() - least(interval '5 days', (now() - date_trunc('month', now())) / 2)"
_CHANGED_SINCE = """
insert into history.budgets (company_code, job_number, phase_code, cost_type, description, original_estimate,
    estimate_adjustments, approved_changes, current_estimate, _row_hash, _run_id, _read_at, _changed_at, _valid_from,
    _valid_to)
select company_code, job_number, phase_code, cost_type, description, original_estimate, estimate_adjustments,
    approved_changes, current_estimate - 15000, gen_random_uuid(), 'seed', now(), now(), now() - interval '400 days',
    :since
from spectrum.budgets where phase_code = '15700' and substr(job_number, 4)::int %% 3 = 0;
insert into history.projections (company_code, job_number, phase_code, cost_type, projected_cost, _row_hash, _run_id,
    _read_at, _changed_at, _valid_from, _valid_to)
select company_code, job_number, phase_code, cost_type, projected_cost - 15000, gen_random_uuid(), 'seed', now(), now(),
    now() - interval '400 days', :since
from spectrum.projections where phase_code = '15700' and substr(job_number, 4)::int %% 3 = 0;
update spectrum.budgets set _changed_at = :since
where phase_code = '15700' and substr(job_number, 4)::int %% 3 = 0;
update spectrum.projections set _changed_at = :since
where phase_code = '15700' and substr(job_number, 4)::int %% 3 = 0;
update spectrum.job_cost_transactions set _changed_at = :since
where job_number = '24-0003' and phase_code = '05120' and reference_1 = 'INV1020';
""".replace(":since", _SINCE)


def sync_before(connection: psycopg.Connection[Any]) -> None:
    """Let everything have been synced for long, and some of it have changed since."""
    for name, obj in OBJECTS.items():
        tables = [table.name for table in obj.tables]
        connection.execute(_SYNCED_BEFORE, {"object": name, "dag": obj.dag_id, "tables": tables})
        for table in tables:
            connection.execute(f"update spectrum.{table} set _changed_at = now() - interval '400 days'".encode())  # noqa: S608
    psycopg.ClientCursor(connection).execute(_CHANGED_SINCE.encode(), {})
