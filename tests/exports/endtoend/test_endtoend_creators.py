"""Who made a rejected record, as Procore's answers name them: by login, or by an id that its directory knows."""

from __future__ import annotations

import pytest

from spectrum_etl.exports.objects.registry import EXPORTS, NAMES
from spectrum_etl.exports.steps.creator import creator_of
from tests.exports.endtoend.cases import CASES
from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage

#: Those whose answers name somebody: the connector tells the creator of a contract or change order.
NAMED = ("jobs", "commitments", "commitment_change_orders", "prime_contract_change_orders")


def made_by(stage: Stage, of: str, **user: str) -> int:
    """Let the record of an object be made by a user with other attributes; gives the user's id."""
    id = CASES[of].id(stage)
    own = "(fields->>'prime_change_id')" if of == "prime_contract_change_orders" else "id::text"
    (found,) = stage.sandbox(
        "select id from procore.records where kind = 'user' and company_id = %s order by id limit 1", PROCORE_COMPANY
    )
    stage.change_procore(str(found[0]), **user)
    stage.sandbox(
        "update procore.records set fields = fields || jsonb_build_object('created_by_id', %s::bigint)"  # noqa: S608
        f" where {own} = %s",
        found[0],
        id.record,
    )
    return int(found[0])


@pytest.mark.parametrize("name", NAMED)
def test_the_creator_is_found_by_login_or_in_the_directory(stage: Stage, name: str) -> None:
    made_by(stage, name, name="Zoë Núñez", login="znunez", email_address="zoe@example.com")
    found = creator_of(stage.systems(), EXPORTS[name], CASES[name].id(stage))
    assert (found.name, found.address, found.problem) == ("Zoë Núñez", "zoe@example.com", "")


@pytest.mark.parametrize("name", ["jobs", "commitment_change_orders"])
def test_a_login_that_is_an_address_needs_no_look_into_the_directory(stage: Stage, name: str) -> None:
    made_by(stage, name, name="Pat", login="pat@example.com", email_address="other@example.com")
    stage.fault("procore_forbidden=/users/")
    assert creator_of(stage.systems(), EXPORTS[name], CASES[name].id(stage)).address == "pat@example.com"


@pytest.mark.parametrize(
    ("address", "fault", "says"),
    [
        ("", "", "has no e-mail address in Procore's directory"),
        ("pat@example.com, eve@example.com", "", "has no e-mail address"),
        ("pat@example.com", "procore_forbidden=/users/", "read access to the company's Directory"),
        ("pat@example.com", "procore_forbidden=/rest/", "permission"),
    ],
)
def test_a_creator_who_cannot_be_reached_is_a_reason_in_words_and_raises_nothing(
    stage: Stage, address: str, fault: str, says: str
) -> None:
    made_by(stage, "commitments", email_address=address)
    systems = stage.systems()
    if fault:
        stage.fault(fault)
    found = creator_of(systems, EXPORTS["commitments"], CASES["commitments"].id(stage))
    assert found.address == ""
    assert says in found.problem


def test_a_creator_who_left_the_directory_and_one_that_procore_does_not_name(stage: Stage) -> None:
    user = made_by(stage, "commitments")
    id = CASES["commitments"].id(stage)
    stage.sandbox("update procore.records set deleted_at = now() where id = %s", user)
    found = creator_of(stage.systems(), EXPORTS["commitments"], id)
    assert f"user {user}, who created the record, is not in Procore's company directory" in found.problem
    stage.change_procore(id.record, created_by_id=None)
    assert "without an id or a login" in creator_of(stage.systems(), EXPORTS["commitments"], id).problem


def test_only_objects_whose_answers_name_somebody_have_a_creator() -> None:
    assert {name for name in NAMES if EXPORTS[name].creator} == set(NAMED)
