"""D1, N11: a project that the account may not see yet waits, resolves by itself, and never leads to a second one."""

from __future__ import annotations

import pytest

from spectrum_etl.errors import RetryLater
from spectrum_etl.imports.steps.report import report
from tests.imports.jobs.jobs_world import JobsWorld, settings


@pytest.fixture
def hidden(world: JobsWorld) -> JobsWorld:
    """A world in which new projects are hidden from the account that created them."""
    world.procore.fault("procore_new_projects", "hidden")
    world.job("24-404", "Harbor Bridge")
    return world


@pytest.mark.parametrize("status", ["403", "404"])
def test_d1_a_new_project_waits_for_permission_and_goes_on_when_it_is_given(hidden: JobsWorld, status: str) -> None:
    hidden.procore.fault("procore_unseen", status)
    hidden.plan()
    hidden.decide()
    hidden.apply()
    found = hidden.compare()
    assert (found.equal, found.differing, found.hidden) == (0, [], 1)
    for again in (True, False):
        hidden.plan(look_again=again)
        row = hidden.rows()["24-404"]
        assert (row.kind, row.state) == ("waits", "not ready")
        assert (row.reason or "").startswith("waiting for permission")
        assert report(hidden.url, hidden.obj, ["1"]).bad == []
        hidden.apply()
        assert hidden.compare().hidden == 1
    hidden.permit()
    hidden.plan(look_again=False)
    assert hidden.standing() == {}
    assert (hidden.compare().equal, hidden.compare().equal) == (1, 0)
    assert len(hidden.companies()) == 1


def test_n11_a_lost_answer_about_a_project_that_cannot_be_seen_never_makes_a_second_one(hidden: JobsWorld) -> None:
    hidden.plan()
    hidden.decide()
    hidden.procore.fault("procore_lost_answer", None, 1)
    with pytest.raises(RetryLater):
        hidden.apply()
    assert hidden.standing() == {"24-404": ("create", "unknown")}
    assert hidden.apply().counts["waiting for permission"] == 1
    assert report(hidden.url, hidden.obj, ["1"]).bad == []
    before = hidden.calls("POST")
    hidden.plan()
    hidden.apply()
    assert hidden.calls("POST") == before, "it is looked up, not sent again"
    assert hidden.standing() == {"24-404": ("create", "waiting for permission")}
    hidden.permit()
    assert hidden.apply().counts["applied"] == 1
    [project] = hidden.companies()
    assert hidden.links() == {"24-404": project["id"]}
    assert hidden.compare().differing == []


@pytest.mark.parametrize("told", ["by_field", "sentences", "sentence"])
def test_n11_a_lost_answer_about_a_project_ends_the_same_however_procore_tells_that_its_id_is_taken(
    world: JobsWorld, told: str
) -> None:
    world.procore.fault("procore_refusals", told)
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    world.procore.fault("procore_lost_answer", None, 1)
    with pytest.raises(RetryLater):
        world.apply()
    assert world.apply().counts == {"applied": 1}
    assert world.compare().differing == []
    [project] = world.companies()
    assert world.links() == {"24-404": project["id"]}
    assert project["standard_cost_code_list_id"] == world.procore.erp_list, "what comes after creation came, too"


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_n11_an_answer_without_a_body_is_looked_up(world: JobsWorld, method: str) -> None:
    """The project is created, or its list set, and Procore does not show it."""
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    world.procore.fault("procore_only", "/projects" if method == "POST" else "/projects/")
    world.procore.fault("procore_empty_answer", None, 1)
    if method == "POST":
        with pytest.raises(RetryLater, match="its answer shows no project"):
            world.apply()
    assert world.apply().counts == {"applied": 1}
    assert world.compare().differing == []
    [project] = world.companies()
    assert world.links() == {"24-404": project["id"]}
    assert project["standard_cost_code_list_id"] == world.procore.erp_list


@pytest.mark.parametrize("told", ["by_field", "sentences", "sentence"])
def test_n2_another_refusal_is_the_rows_own_however_procore_tells_it(world: JobsWorld, told: str) -> None:
    world.procore.fault("procore_refusals", told)
    world.settings = settings(project_templates={"1": 17})
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    assert world.apply().counts == {"failed": 1}
    assert "must exist" in (world.rows()["24-404"].reason or "")
    assert world.companies() == []


def test_n11_a_project_with_the_number_that_appears_after_the_yes_keeps_a_second_one_from_being_made(
    world: JobsWorld,
) -> None:
    world.job("24-404", "Harbor Bridge")
    world.plan()
    world.decide()
    world.project("Bridge", "24-404")
    world.apply()
    assert world.standing() == {"24-404": ("create", "put back")}
    world.plan()
    assert world.standing() == {"24-404": ("link", "suggested")}
    assert len(world.companies()) == 1


def test_n2_a_refusal_is_of_its_row_and_the_others_go_on(world: JobsWorld) -> None:
    world.settings = settings(project_templates={"1": 987654})
    world.job("A", "One")
    world.plan()
    world.decide()
    world.apply()
    row = world.rows()["A"]
    assert (row.state, row.field, row.value) == ("failed", "project_template_id", "987654")
