"""The Procore company that ran another connector for years, taken over: to test what can be exported then."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from spectrum_etl.imports.objects import IMPORTS
from spectrum_etl.imports.records import plans
from spectrum_etl.imports.spec import ALL, Narrowed
from spectrum_etl.imports.steps.accept import Decider, Decision, decide
from spectrum_etl.imports.steps.apply import Applied, apply
from spectrum_etl.imports.steps.compare import compare
from spectrum_etl.imports.steps.contract_links import apply_links, plan_links
from spectrum_etl.imports.steps.plan import Made, make_plan
from spectrum_etl.imports.steps.undo import plan_undo
from spectrum_etl.imports.systems import Systems
from spectrum_etl.model.run import Run
from spectrum_etl.model.spec import Table
from spectrum_etl.settings import Company, Settings
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from tests.exports.endtoend.places import COMPANY, Lines, Places
from tests.exports.endtoend.stage import APPROVER, Stage

CONNECTOR_COMPANY = 4801
#: Staged tables, and where the stand-in keeps what they are made of.
STAGED = {
    "vendors": "VN_VENDOR_MASTER_MC",
    "jobs": "JC_JOB_MASTER_MC",
    "subcontracts": "VN_SUBCONTRACT_MC",
    "subcontract_items": "VN_SUBCONTRACT_PHASE_MC",
    "subcontract_changes": "VN_CHNG_REQ_SUB_DET",
    "prime_contracts": "CR_CONTRACT_MASTER_MC",
    "prime_contract_items": "CR_BID_ITEM_DES_MC",
}
#: What staging makes of what nobody entered.
_BLANK: dict[str, Any] = {"numeric": 0, "boolean": True, "integer": 1}
_PROCORE = "takeovers, foreign_ids, looks, records, plans, plan_rows, left_out, calls"


class OldPlaces(Places):
    """The same, with the Procore company of the old connector."""

    @property
    def company(self) -> Company:
        return super().company.model_copy(update={"procore_company_id": CONNECTOR_COMPANY})

    def read_settings(self) -> Settings:
        found = super().read_settings()
        companies = [
            each.model_copy(update={"procore_company_id": CONNECTOR_COMPANY if each.code == COMPANY else 1})
            for each in found.companies
        ]
        return found.model_copy(update={"companies": tuple(companies)})


class Old:
    """What people and tasks do with that company.

    Args:
        stage: as it was loaded.
        lines: open connections, with a client of that Procore company.
    """

    def __init__(self, stage: Stage, lines: Lines) -> None:
        places = OldPlaces(**{f.name: getattr(stage.places, f.name) for f in dataclasses.fields(Places)})
        self.stage = dataclasses.replace(stage, places=places, lines=lines)
        self.runs = 0
        self.stage.warehouse(
            "truncate " + ", ".join(f"procore.{name.strip()}" for name in _PROCORE.split(",")) + " cascade"
        )
        for obj in OBJECTS.values():
            for table in obj.tables:
                if table.name in STAGED:
                    self._fill(table)

    def _fill(self, table: Table) -> None:
        """Stage a table: what it is made of has its columns by their names in Spectrum."""
        with connect(self.stage.places.warehouse) as connection:
            connection.autocommit = True
            ensure_table(connection, table)
            connection.execute(f"truncate spectrum.{table.name}".encode())
        source = STAGED[table.name]
        there = {
            name.lower(): name
            for (name,) in self.stage.sandbox(
                "select column_name from information_schema.columns where table_name = %s", source
            )
        }
        columns = [column.name for column in table.columns if column.name in there]
        given = ", ".join(f'"{there[name]}"' for name in columns)
        rows = self.stage.sandbox(f'select {given} from dbo."{source}" where trim("Company_Code") = %s', COMPANY)  # noqa: S608
        required = dict(
            self.stage.warehouse(
                "select column_name, data_type from information_schema.columns where table_schema = 'spectrum'"
                " and table_name = %s and is_nullable = 'NO' and column_name not like '\\_%%' escape '\\'",
                table.name,
            )
        )
        blank = {name: _BLANK.get(kind, "") for name, kind in required.items()}
        keys, days = (
            [c.name for c in table.columns if which(c)] for which in (lambda c: c.key, lambda c: c.type == "date")
        )
        names = list(
            dict.fromkeys([*columns, *blank, "not_importable_reason"] if table.name == "jobs" else [*columns, *blank])
        )
        seen: set[tuple[Any, ...]] = set()
        with connect(self.stage.places.warehouse) as connection, connection.cursor() as cursor:
            into = ", ".join([*names, "_row_hash", "_run_id", "_read_at", "_changed_at"])
            with cursor.copy(f"copy spectrum.{table.name} ({into}) from stdin".encode()) as copy:
                for row in rows:
                    texts = [str(value).strip() or None if value is not None else None for value in row]
                    own: dict[str, Any] = dict(zip(columns, texts, strict=True))
                    own |= {name: _day(own[name] or "") for name in days if name in own}
                    key = tuple(own.get(name) for name in keys)
                    if None in key or key in seen:  # staging rejects these
                        continue
                    seen.add(key)
                    if own.get("master_job"):
                        own |= {"importable": False, "not_importable_reason": f"sub job of {own['master_job']}"}
                    filled = [blank.get(name) if own.get(name) is None else own[name] for name in names]
                    copy.write_row([*filled, uuid.uuid4(), "run", "2026-11-01", "2026-11-01"])

    def systems(self) -> Systems:
        """A task's."""
        places = self.stage.places
        return Systems(
            places.warehouse, places.read_settings(), places.company, self.stage.lines.procore,
            Run("import", f"import {self.runs}"),
        )  # fmt: skip

    def plan(self, name: str, narrowed: Narrowed = ALL, **how: Any) -> Made:
        """A run plans."""
        self.runs += 1
        obj = IMPORTS[name]
        return (plan_links if obj.only_links else make_plan)(self.systems(), obj, narrowed, **how)

    def take_over(self, name: str) -> tuple[Made, Applied]:
        """Confirm, look twice, accept everything that can be, apply."""
        if IMPORTS[name].only_links:
            made = self.plan(name)
        else:
            self.plan(name, switched_off_by="ann")
            self.stage.warehouse(
                "update procore.takeovers set first_look_at = first_look_at - interval '1 hour',"
                " second_look_due = second_look_due - interval '1 hour' where ended_at is null"
            )
            made = self.plan(name)
        self.accept(name)
        return made, self.apply(name)

    def accept(self, name: str, *kinds: str) -> None:
        """Everything that is taken over, or undone; nothing new is made."""
        systems, obj = self.systems(), IMPORTS[name]
        with connect(systems.url) as connection:
            plan = plans.open_plan(connection, obj, COMPANY)
            assert plan is not None
            rows = plans.rows(connection, plan.plan_id, states=("ready", "suggested"))
        decisions = [
            Decision(row.row_id, row.row_hash, "accept") for row in rows if row.kind in (kinds or ("take over",))
        ]
        decide(systems, obj, decisions, Decider(APPROVER, "Accounting"))

    def apply(self, name: str) -> Applied:
        """A task applies, and the next reads back."""
        systems, obj = self.systems(), IMPORTS[name]
        if obj.only_links:
            return apply_links(systems, obj)
        done = apply(systems, obj)
        assert compare(systems, obj).differing == []
        return done

    def undo(self, name: str, run: str) -> Applied:
        """A run is taken back."""
        self.runs += 1
        plan_undo(self.systems(), IMPORTS[name], run)
        self.accept(name, "undo")
        return self.apply(name)

    def marks(self) -> list[tuple[Any, ...]]:
        """What every record of the Procore company carries."""
        return self.stage.sandbox(
            "select id, origin_id, origin_code, fields - 'integration' from procore.records where company_id = %s"
            " order by id",
            CONNECTOR_COMPANY,
        )

    def links(self, name: str) -> dict[str, str]:
        """Procore record by key of Spectrum."""
        return dict(
            self.stage.warehouse(
                "select spectrum_key, record_id from export.links where object_name = %s and unlinked_at is null", name
            )
        )


def _day(text: str) -> str | None:
    return text[:10] if text[:1] in "12" and "-" in text[:10] else None
