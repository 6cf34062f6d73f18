"""Makes the plan of an object and company: what would be changed in Procore, and why what not."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

import psycopg

from spectrum_etl.imports.records import held, limits, plans
from spectrum_etl.imports.spec import ALL, ImportObject, Narrowed
from spectrum_etl.imports.steps import accept, after_restore, taking_over
from spectrum_etl.imports.steps.compute import compute
from spectrum_etl.imports.steps.look import look
from spectrum_etl.imports.systems import Systems
from spectrum_etl.warehouse.connect import connect
from spectrum_etl.warehouse.ddl import ensure_table
from spectrum_etl.warehouse.migrate import migrate
from spectrum_etl.warehouse.templates import render

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A plan.

    Args:
        plan_id: its number.
        counts: its rows, by kind and state.
        is_new: whether anything had changed since the plan before.
        calls: how many writing calls applying all of it takes, and for how long, in words.
    """

    plan_id: int
    counts: Counter[tuple[str, str]]
    is_new: bool
    calls: str = ""

    @property
    def summary(self) -> str:
        """In words, for the log: `12 create ready, 3 link suggested`."""
        return ", ".join(f"{count} {kind} {state}" for (kind, state), count in self.counts.items()) or "nothing to do"


def make_plan(
    systems: Systems,
    obj: ImportObject,
    narrowed: Narrowed = ALL,
    *,
    dry_run: bool = False,
    look_again: bool = False,
    switched_off_by: str | None = None,
) -> Made:
    """Make the plan, or find that nothing has changed since the last one. It may be killed anywhere and called again.

    Args:
        narrowed: what it is narrowed to; nothing else is touched.
        dry_run: a plan that nobody is asked about; the open one stays as it is.
        look_again: read all of Procore's records, however lately that was done.
        switched_off_by: who confirms that another integration, which has marked records of the Procore company, was
            switched off (N12); None: nobody does.

    Raises:
        FixConfiguration: another integration has marked records of the Procore company, and nobody has confirmed that
            it was switched off; or it has marked more since.
        SpectrumEtlError: Procore or the warehouse cannot be read; the plan before stays.
    """
    code = systems.company.code
    with connect(systems.url) as connection:
        connection.autocommit = True
        migrate(connection)
        ensure_table(connection, obj.table)
        with plans.plan_lock(connection, obj, code):
            restored_at = after_restore.notice(connection, obj, code)
            again = look_again or after_restore.must_look(connection, obj, code, restored_at)
            again = again or taking_over.must_look(systems, connection, obj, switched_off_by)
            looked_at = look(systems, connection, obj, again=again)
            after_restore.end_undone_links(connection, obj, code, restored_at)
            takeover = taking_over.judge(systems, connection, obj, looked_at, switched_off_by, dry_run=dry_run)
            basis = _basis(systems, connection, obj, takeover.basis)
            old = plans.open_plan(connection, obj, code)
            is_known = old is not None and old.basis == basis and not after_restore.is_older(old, restored_at)
            if old is not None and is_known and not dry_run:
                return made_of(systems, connection, old.plan_id, is_new=False)
            narrowed = _within(connection, obj, code, narrowed)
            with connection.transaction():
                compute(systems, connection, obj, narrowed, taking_over=takeover.offers)
                taking_over.finish(systems, connection, obj, narrowed, takeover)
                if not dry_run:
                    held.follow(connection, obj, code)
                # A narrowed run has not looked at everything: the next one may not take it for the last word.
                plan_id = plans.store(
                    connection, systems, obj, narrowed, basis="" if narrowed.keys else basis, looked_at=looked_at,
                    dry_run=dry_run,
                )  # fmt: skip
                if not dry_run:
                    accept.by_setting(systems, connection, obj, plan_id, restored_at)
            found = made_of(systems, connection, plan_id, is_new=True)
    log.info("%s, company %s: plan %s: %s", obj.name, code, plan_id, found.summary)
    return found


def made_of(systems: Systems, connection: psycopg.Connection, plan_id: int, *, is_new: bool) -> Made:
    """A plan that was made: what it holds, how many calls it takes, and for how long."""
    calls = plans.planned_calls(connection, plan_id)
    pace = limits.last_reported(connection, int(systems.procore.company_id))
    said = f"{calls} writing calls, {limits.in_words(calls, pace)}" if calls else ""
    return Made(plan_id, plans.counts(connection, plan_id), is_new, said)


def _within(connection: psycopg.Connection, obj: ImportObject, company: str, narrowed: Narrowed) -> Narrowed:
    """The same by keys alone."""
    if not narrowed.only:
        return narrowed
    found = connection.execute(
        render(obj.keys_of, staged=f"spectrum.{obj.table.name}"),
        {
            **{each.name: narrowed.only.get(each.name) for each in obj.narrowings},
            "company": company,
            "keys": narrowed.compared,
        },
    ).fetchall()
    # No key has this text: a narrowed run that nothing fits touches nothing.
    return Narrowed(tuple(key for (key,) in found) or ("",))


def _basis(systems: Systems, connection: psycopg.Connection, obj: ImportObject, takeover: str) -> str:
    options = takeover + obj.options(systems.settings).model_dump_json(exclude={"schedule"})
    row = connection.execute(
        render("imports/basis.sql", staged=f"spectrum.{obj.table.name}"),
        {"object": obj.name, "company": systems.company.code, "settings": options},
    ).fetchone()
    assert row is not None
    return str(row[0])
