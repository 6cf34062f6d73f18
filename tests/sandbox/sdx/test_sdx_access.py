"""Sign-in: GUIDs, Basic for the vendor list, Enhanced Authentication with tokens and rotated secrets."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from sandbox.data import never_read
from sandbox.sdx.access import Authorization, Client
from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import DEMO, LIMITED, Soap

FORM = {"client_id": "etl", "client_secret": "s3cret", "scope": "spectrumapi", "grant_type": "client_credentials"}


def test_guid_belongs_to_one_authorization_id_per_method(server: SdxServer, soap: Soap) -> None:
    guid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert soap.rows("GetJob", GUID=guid)[0]["Job_Number"]
    assert soap.rows("GetJob", GUID=guid)[0]["Job_Number"], "reuse by the same ID is allowed"
    other = Soap(server.url, LIMITED)
    (row,) = other.rows("GetJob", GUID=guid)
    assert (row["Error_Code"], row["Error_Column"]) == ("E", "GUID")
    assert soap.rows("GetJobDates", GUID=guid)[0]["Job_Number"], "another method may use it"


def test_guid_expires_after_a_day_without_use(server: SdxServer, soap: Soap) -> None:
    guid = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    assert soap.rows("GetJob", GUID=guid)[0]["Job_Number"]
    server.installation.guids.age(timedelta(hours=25))
    assert soap.rows("GetJob", GUID=guid)[0]["Error_Description"] == "Time out has occurred"


def test_strict_installation_answers_a_reused_guid_with_one_empty_row(server: SdxServer, soap: Soap) -> None:
    server.installation.guids.policy = "reused_guid_returns_empty"
    try:
        assert len(soap.rows("GetJob", GUID="call-1")) > 1
        (row,) = soap.rows("GetJob", GUID="call-1")
        assert set(row.values()) == {""}
        assert len(soap.rows("GetJob", GUID="")) > 1
        assert len(soap.rows("GetJob", GUID="")) > 1
    finally:
        server.installation.guids.policy = "documented"


def vendors(server: SdxServer, company: str = "1", login: tuple[str, str] | None = ("1", DEMO), **query: str):  # type: ignore[no-untyped-def]
    return requests.get(f"{server.url}/vendors/{company}", auth=login, params=query, timeout=10)


def test_vendors_are_the_active_ones_with_padded_codes(server: SdxServer, query) -> None:  # type: ignore[no-untyped-def]
    found = vendors(server).json()["vendors"]
    stored = query("""SELECT "Vendor_Code", "Vendor_Name" FROM "VN_VENDOR_MASTER_MC"
                      WHERE btrim("Company_Code") = '1' AND "Status" = 'A'""")
    assert {(each["Vendor_Code"] or " ", each["Name"]) for each in found} == set(stored)
    assert {len(each["Vendor_Code"]) for each in found if each["Vendor_Code"]} == {10}
    assert not [value for value in never_read.VALUES.values() if str(value) in vendors(server).text]
    assert not {"Status", "Type", "Social_Sec_Number"} & found[0].keys()


def test_vendor_filters_need_a_cost_center_and_have_limits(server: SdxServer) -> None:
    city = vendors(server).json()["vendors"][0]["City"]
    refused = vendors(server, pCity=city)
    assert (refused.status_code, refused.json()["Error_Column"]) == (400, "pCostCenter")
    found = vendors(server, pCity=city, pCostCenter="ALL").json()["vendors"]
    assert {each["City"] for each in found} == {city}
    kinds = vendors(server, pType="SUB", pCostCenter="ALL").json()["vendors"]
    assert 0 < len(kinds) < len(vendors(server).json()["vendors"])
    assert vendors(server, pState="OHIO", pCostCenter="ALL").json()["Error_Column"] == "pState"
    assert vendors(server, limit="25").json()["Error_Column"] == "limit"


def test_basic_login_is_checked(server: SdxServer) -> None:
    """A3: no or a wrong login is 401, a service that is not on the ID is 403."""
    for login in (None, ("1", "WRONG"), ("9", DEMO)):
        refused = vendors(server, login=login)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert vendors(server, company="2").json()["Error_Column"] == "pCompany_Code"
    refused = vendors(server, company="2", login=("2", LIMITED))
    assert (refused.status_code, refused.json()["Error_Column"]) == (403, "Authorization_ID")


@pytest.fixture
def enhanced(business: str) -> Iterator[SdxServer]:
    clients = [Client("etl", "s3cret"), Client("fixed", "s3cret", self_rotation=False)]
    with SdxServer(business, [Authorization(DEMO, ("1",))], clients=clients, enhanced=True) as server:
        server.switches.clear()
        yield server
        server.switches.clear()


def token(server: SdxServer, **changed: str) -> requests.Response:
    return requests.post(f"{server.url}/connect/token", data=FORM | changed, timeout=10)


def test_enhanced_authentication_demands_a_token(enhanced: SdxServer) -> None:
    refused = Soap(enhanced.url).raw("GetJob")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    answer = token(enhanced).json()
    assert (answer["token_type"], answer["scope"], answer["expires_in"]) == ("Bearer", "spectrumapi", 3600)
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert Soap(enhanced.url, headers=bearer).rows("GetJob")[0]["Job_Number"]
    (row,) = Soap(enhanced.url, "NOBODY", bearer).rows("GetJob")
    assert row["Error_Column"] == "Authorization_ID", "the Authorization ID is still required"
    assert vendors(enhanced).status_code == 401
    listed = requests.get(f"{enhanced.url}/vendors/1", headers=bearer | {"Authorization-ID": DEMO}, timeout=10)
    assert listed.status_code == 200


def test_tokens_end(enhanced: SdxServer) -> None:
    bearer = {"Authorization": f"Bearer {token(enhanced).json()['access_token']}"}
    soap = Soap(enhanced.url, headers=bearer)
    enhanced.switches.set("sdx_expired_token", count=1)
    assert soap.raw("GetJob").status_code == 401
    assert soap.raw("GetJob").status_code == 200
    enhanced.installation.tokens.expire_all()
    assert soap.raw("GetJob").status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"scope": "other"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_token_requests_are_told_apart(
    enhanced: SdxServer, changed: dict[str, str], status: int, error: str
) -> None:
    refused = token(enhanced, **changed)
    assert (refused.status_code, refused.json()) == (status, {"error": error})


def test_secret_rotation_replaces_the_secret(enhanced: SdxServer) -> None:
    answer = requests.post(f"{enhanced.url}/secretRotation", data=FORM, timeout=10).json()
    assert answer.keys() == {"client_secret", "estimated_expiration"}
    assert token(enhanced).status_code == 401
    assert token(enhanced, client_secret=answer["client_secret"]).status_code == 200
    refused = requests.post(f"{enhanced.url}/secretRotation", data=FORM | {"client_id": "fixed"}, timeout=10)
    assert refused.json() == {"error": "unauthorized_client"}


def test_without_enhanced_authentication_there_is_no_token_service(server: SdxServer) -> None:
    assert token(server).status_code == 404
