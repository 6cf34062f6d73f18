"""Taking over from another integration (N12): when its ids may be replaced, and when not.

A person confirms in the form of a run that it was switched off. Procore is read then, and once more after a while:
only where no new id of the other integration was found is anything offered. From then on every look is one more proof:
one new id ends the confirmation.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

import psycopg

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.imports.records import plans, takeovers
from spectrum_etl.imports.records.takeovers import OtherIds, Takeover
from spectrum_etl.imports.spec import CONFIRMATION, ImportObject, Narrowed
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)

_SWITCH_OFF = (
    "two integrations may not write into one Procore company: have Procore switch the other one off, then trigger this"
    f" DAG with {CONFIRMATION} ticked; its records are then offered to be taken over"
)


@dataclass(frozen=True)
class TakeoverState:
    """How far taking over is.

    Args:
        takeover: the confirmation; None where there is none, and for dry runs that only show what would be.
        foreign: how many records carry an id of another integration.
        offers: whether these are offered.
    """

    takeover: Takeover | None = None
    foreign: int = 0
    offers: bool = False

    @property
    def waits_until(self) -> datetime | None:
        """When Procore is read again, before anything may be accepted; None: it was, or nothing waits."""
        if self.takeover is None or self.takeover.second_look_at is not None or not self.foreign:
            return None
        return self.takeover.second_look_due

    @property
    def basis(self) -> str:
        """What a plan rests on besides."""
        return "" if self.takeover is None else f"{self.takeover.takeover_id} {self.takeover.second_look_at} "


def must_look(systems: Systems, connection: psycopg.Connection, obj: ImportObject, switched_off_by: str | None) -> bool:
    """Whether Procore is to be read now, however lately that was done: for the first look, or the second."""
    found = takeovers.confirmation(connection, systems, obj)
    if switched_off_by is not None and (found is None or takeovers.foreign(connection, systems, obj, found).count):
        return True
    if found is None:
        return False
    return found.second_look_at is None and _is_past(connection, found.second_look_due)


def judge(
    systems: Systems,
    connection: psycopg.Connection,
    obj: ImportObject,
    looked_at: datetime,
    switched_off_by: str | None,
    *,
    dry_run: bool = False,
) -> TakeoverState:
    """Whether a plan may be made, and whether it offers to take over what another integration has marked.

    Args:
        connection: outside a transaction.
        looked_at: when Procore was last looked at.
        switched_off_by: who confirms that the other integration was switched off.
        dry_run: keep nothing; with a confirmation, offer what would be offered.

    Raises:
        FixConfiguration: another integration has marked records, and nobody has confirmed that it was switched off; or
            it has marked more since. The message names some.
    """
    found, all_of_them = takeovers.confirmation(connection, systems, obj), takeovers.foreign(connection, systems, obj)
    if found is not None:
        new = takeovers.foreign(connection, systems, obj, found)
        if not new.count:
            if found.second_look_at is None and looked_at >= found.second_look_due and not dry_run:
                takeovers.note_second_look(connection, found, looked_at)
                found = replace(found, second_look_at=looked_at)
            return TakeoverState(found, all_of_them.count, offers=True)
        if switched_off_by is None:
            if not dry_run:
                takeovers.end(connection, found, f"{new.count} new ids: {new.named}")
            _refuse_still_writing(systems, obj, found, new)
    if not all_of_them.count:
        return TakeoverState()
    if switched_off_by is None:
        raise FixConfiguration(
            f"{all_of_them.count} records in Procore carry the origin id of another integration, among them"
            f" {all_of_them.named} (N12)",
            object=obj.name, company=systems.company.code, field=CONFIRMATION, value="false", remedy=_SWITCH_OFF,
        )  # fmt: skip
    if dry_run:
        return TakeoverState(None, all_of_them.count, offers=True)
    wait = timedelta(minutes=systems.settings.imports.second_look_minutes)
    with connection.transaction():
        begun = takeovers.begin(connection, systems, obj, switched_off_by, looked_at, wait)
    log.info(
        "%s, company %s: %s has confirmed that the other integration is switched off; %s ids belong to it; Procore is"
        " read again at %s", obj.name, systems.company.code, switched_off_by, all_of_them.count, begun.second_look_due,
    )  # fmt: skip
    return TakeoverState(begun, all_of_them.count, offers=True)


def finish(
    systems: Systems, connection: psycopg.Connection, obj: ImportObject, narrowed: Narrowed, state: TakeoverState
) -> None:
    """Say in `_rows` what is not paired, and what cannot be accepted yet. In the transaction that has computed them.

    Args:
        narrowed: a run that looks at some records of Spectrum says nothing of what belongs to none.
    """
    if not state.offers or not state.foreign:
        return
    values = {"object": obj.name, "company": systems.company.code, "own": systems.own_marks, "title": obj.title}
    if not narrowed.keys:
        connection.execute(render("imports/foreign_unpaired.sql"), values)
    if obj.may_be_hidden:
        connection.execute(
            "update _rows set state = 'suggested', rule = 'N12', reason = %s, remedy = %s"
            " where kind = 'create' and state = 'ready'",
            [
                f"the other integration may have made a {obj.procore_title} that the service account may not see",
                f"look in Procore whether it is there; if so, add the service account to that {obj.procore_title}, and"
                " plan again",
            ],
        )
    if state.waits_until is not None:
        connection.execute(
            "update _rows set state = 'not ready', rule = 'N12', reason = %s, remedy = %s"
            " where state in ('ready', 'suggested') and kind <> 'undo'",
            [
                f"Procore is read again at {state.waits_until:%Y-%m-%d %H:%M} UTC: only if the other integration has"
                " written nothing until then can this be accepted",
                "nothing: the run in which it was confirmed then continues by itself, and so does any later run",
            ],
        )


def due(systems: Systems, obj: ImportObject) -> datetime | None:
    """When Procore is to be read again; None where that is not waited for."""
    with connect(systems.url) as connection:
        connection.autocommit = True
        found = takeovers.confirmation(connection, systems, obj)
    return None if found is None or found.second_look_at is not None else found.second_look_due


def stop(systems: Systems, connection: psycopg.Connection, obj: ImportObject) -> int:
    """Before rows are applied: where the last look has found new ids, nothing is taken over any more.

    Returns:
        How many accepted rows were put back.
    """
    found = takeovers.confirmation(connection, systems, obj)
    if found is None:
        return 0
    new = takeovers.foreign(connection, systems, obj, found)
    if not new.count:
        return 0
    with plans.plan_lock(connection, obj, systems.company.code), connection.transaction():
        takeovers.end(connection, found, f"{new.count} new ids: {new.named}")
        plan = plans.open_plan(connection, obj, systems.company.code)
        accepted = connection.execute(
            "select row_id from procore.plan_rows where plan_id = %s and kind = 'take over' and state = 'accepted'",
            [plan.plan_id if plan else None],
        ).fetchall()
        rows = plans.put_back(connection, plan.plan_id, [row_id for (row_id,) in accepted]) if plan else []
        plans.move(
            connection, rows, "put back",
            reason=f"the other integration still writes: {new.count} new ids, among them {new.named}",
            remedy=_SWITCH_OFF,
        )  # fmt: skip
    return len(rows)


def _refuse_still_writing(systems: Systems, obj: ImportObject, found: Takeover, new: OtherIds) -> NoReturn:
    raise FixConfiguration(
        f"the other integration still writes: {found.confirmed_by} confirmed on"
        f" {found.confirmed_at:%Y-%m-%d at %H:%M} UTC that it is switched off, and since then {new.count} records in"
        f" Procore have received an id from it, among them {new.named} (N12)",
        object=obj.name, company=systems.company.code, field=CONFIRMATION, remedy=_SWITCH_OFF,
    )  # fmt: skip


def _is_past(connection: psycopg.Connection, moment: datetime) -> bool:
    row = connection.execute("select clock_timestamp() >= %s", [moment]).fetchone()
    return bool(row and row[0])
