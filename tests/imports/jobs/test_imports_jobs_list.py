"""N5, D6: a new project uses the list of cost codes that comes from Spectrum, where Procore has it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.json import Jsonb

from spectrum_etl.imports.steps.undo import plan_undo
from tests.imports.jobs.jobs_world import JobsWorld, settings
from tests.sources.procore.standin import COMPANY

NAME = "Spectrum Standard Cost Codes"


@pytest.fixture
def other(world: JobsWorld) -> int:
    """A world whose company has another list for new projects."""
    with psycopg.connect(world.procore.url, autocommit=True) as connection:
        connection.execute(
            "DELETE FROM procore.records WHERE kind = 'standard_cost_code_list' AND id <> %s", [world.procore.erp_list]
        )
        made = connection.execute(
            "INSERT INTO procore.records (kind, company_id, fields) VALUES ('standard_cost_code_list', %s, %s)"
            " RETURNING id",
            [COMPANY, Jsonb({"name": "House Codes", "is_default": True})],
        ).fetchone()
    assert made is not None
    return int(made[0])


def test_n5_a_new_project_gets_the_list_after_it_was_created(world: JobsWorld, other: int) -> None:
    world.job("24-404", "Harbor Bridge")
    world.plan()
    assert world.rows()["24-404"].after["standard_cost_code_list_id"] == str(world.procore.erp_list)
    assert world.rows()["24-404"].reason is None
    world.decide()
    world.procore.server.calls.reset()
    world.apply()
    assert (world.calls("POST"), world.calls("PATCH")) == (1, 1)
    assert world.named("Harbor Bridge")["standard_cost_code_list_id"] == world.procore.erp_list
    assert world.compare().differing == []


def test_n5_a_template_that_has_the_list_needs_no_call_for_it(world: JobsWorld, other: int) -> None:
    world.settings = settings(project_templates={"1": world.procore.template})
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    world.procore.server.calls.reset()
    world.apply()
    assert (world.calls("POST"), world.calls("PATCH")) == (1, 0)
    assert world.named("Harbor Bridge")["standard_cost_code_list_id"] == world.procore.erp_list


def test_n5_where_procore_has_no_such_list_the_row_says_what_becomes_of_it(world: JobsWorld, other: int) -> None:
    exports = world.settings.exports.model_copy(update={"standard_cost_code_list": "Elsewhere"})
    world.settings = world.settings.model_copy(update={"exports": exports})
    world.job("24-404", "Harbor Bridge")
    world.job("24-405", "Pier")
    world.project("Pier", "24-405")
    world.plan()
    rows = world.rows()
    assert rows["24-404"].reason == (
        "Procore shows no list of cost codes named Elsewhere, so the project gets that of its template, or Procore's"
        " own"
    )
    assert "standard_cost_code_list_id" not in rows["24-404"].after
    assert rows["24-405"].reason is None, "a project that is there keeps its list"
    world.decide()
    world.apply()
    assert world.named("Harbor Bridge")["standard_cost_code_list_id"] == other
    assert world.compare().differing == []


def test_n5_a_project_that_cannot_be_seen_gets_its_list_when_it_can(world: JobsWorld, other: int) -> None:
    world.procore.fault("procore_new_projects", "hidden")
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    assert world.apply().counts == {"waiting for permission": 1}
    assert world.apply().counts == {}, "it still waits"
    world.permit()
    assert world.apply().counts == {"applied": 1}
    [project] = world.companies()
    assert project["standard_cost_code_list_id"] == world.procore.erp_list
    assert world.compare().differing == []
    assert world.links() == {"24-404": project["id"]}


def test_n5_a_linked_project_keeps_its_list(world: JobsWorld, other: int) -> None:
    project = world.project("Harbor Bridge", "24-404")
    world.job("24-404", "Harbor Bridge")
    world.run()
    assert world.links() == {"24-404": project}
    assert world.named("Harbor Bridge")["standard_cost_code_list_id"] == other


def test_n10_a_project_that_was_made_from_a_template_can_be_undone(world: JobsWorld, other: int) -> None:
    """What cannot be read back says nothing about whether somebody has changed it."""
    world.settings = settings(project_templates={"1": world.procore.template})
    world.job("24-404", "Harbor Bridge")
    world.run()
    run = world.runs
    world.runs += 1
    plan_undo(world.systems(), world.obj, f"run {run}")
    assert world.standing() == {"24-404": ("undo", "ready")}
    world.decide()
    world.apply()
    assert world.compare().differing == []
    made = world.named("Harbor Bridge")
    assert (made["active"], made["origin_id"], world.links()) == (False, None, {})
