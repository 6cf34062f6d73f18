"""B8. A company code that Spectrum does not have: each connection says so, with the codes there are."""

from __future__ import annotations

import pytest
from connections_world import World, settings

from spectrum_etl.connections.infolink import check_infolink
from spectrum_etl.connections.web_services import check_web_services
from spectrum_etl.errors import RetryLater
from spectrum_etl.settings import Company
from spectrum_etl.sources.sdx.client import SdxClient


def _company(code: str) -> Company:
    return Company(code=code, name="Of the settings", phase_category="STD", procore_company_id=4001)


@pytest.mark.parametrize("code", ["01", "9", "A"])
def test_infolink_names_the_companies_that_it_holds(world: World, code: str) -> None:
    found = check_infolink(_company(code), world.infolink, settings())
    assert (found.status, found.cause) == ("Not connected", "unknown company")
    assert f"Spectrum has no company '{code}'" in found.reason
    assert "allowed: 1, 2" in found.reason
    assert "include/settings.yaml" in found.remedy
    assert found.findings is not None, "what differs is listed all the same"


@pytest.mark.parametrize("code", ["1", "2"])
def test_infolink_knows_a_company_that_is_there(world: World, code: str) -> None:
    assert check_infolink(_company(code), world.infolink, settings()).cause != "unknown company"


def test_web_services_say_that_the_company_is_unknown_where_they_cannot_tell_whose_the_authorization_id_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole check ended with the other error, and no service was listed."""

    def failing(_client: SdxClient) -> list[str]:
        raise RetryLater("Error executing Web Service", remedy="run the task again")

    monkeypatch.setattr(SdxClient, "own_companies", failing)
    found = check_web_services(_company("01"), world.sdx, settings())
    assert (found.status, found.cause) == ("Not connected", "unknown company")
    assert found.services


def test_web_services_name_the_company_that_the_authorization_id_is_for(world: World) -> None:
    found = check_web_services(_company("01"), world.sdx, settings())
    assert (found.status, found.cause) == ("Not connected", "unknown company")
    assert "the Authorization ID is for 1" in found.reason
    assert "correct the company's code in include/settings.yaml" in found.remedy
    assert {service.status for service in found.services or ()} == {"Not checked"}
