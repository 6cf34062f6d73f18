"""B8. What the web services can tell of companies."""

from __future__ import annotations

import pytest
from sdx_stub import JOB_FIELDS, JOB_SELECTION, Records, Reply, fault, job, json_reply, refusal

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.staging.companies import unknown_to_web_services


def _serve(stub, *jobs, vendors=()):
    records = Records(jobs, JOB_SELECTION, keep=JOB_FIELDS)

    def answered(request):
        if not request.parameters["pCompany_Code"]:
            # Documented: the company defaults from the Authorization ID.
            own = Records([one for one in jobs if one["Company_Code"].strip() == "01"], {}, keep=JOB_FIELDS)
            return own(request)
        return records(request)

    stub.services["GetJob"] = answered
    for code in ("1", "01", "2"):
        stub.paths[f"/vendors/{code}"] = lambda request: json_reply(
            [one for one in vendors if request.path == f"/vendors/{one['Company_Code']}"]
        )


def test_an_answer_without_rows_for_a_code_that_is_not_there(stub, client):
    """The server refuses nothing: it shows nothing, as for a company without jobs."""
    _serve(stub, job("100", Company_Code=" 01"), job("200", Company_Code=" 02"))
    error = unknown_to_web_services(client, "1")
    assert isinstance(error, FixConfiguration)
    assert "Spectrum has no company '1': the web services show nothing of it" in str(error)
    assert "allowed: 01" in str(error)


@pytest.mark.parametrize("status", ["A", "I", "C"])
def test_a_company_with_a_job_of_any_status_is_there(stub, client, status):
    _serve(stub, job("100", Company_Code=" 01"), job("200", Company_Code="  2", Status_Code=status))
    assert unknown_to_web_services(client, "2") is None


def test_a_company_with_a_vendor_alone_is_there(stub, client):
    _serve(stub, job("100", Company_Code=" 01"), vendors=[{"Company_Code": "2", "Vendor_Code": "A"}])
    assert unknown_to_web_services(client, "2") is None


def test_a_server_without_any_row_says_nothing_of_codes(stub, client):
    _serve(stub)
    assert unknown_to_web_services(client, "2") is None


def test_the_authorization_id_s_own_company_may_be_empty(stub, client):
    """Its code is right, whatever else there is."""
    _serve(stub, job("100", Company_Code=" 01", Status_Code="X"))
    assert unknown_to_web_services(client, "01") is None


def test_a_refusal_of_the_company_is_no_wrong_password(stub, client):
    words = "Company 1 is not authorized for the Authorization ID"
    stub.services["GetJob"] = lambda request: refusal("GetJob", "E", words, "pCompany_Code")
    error = unknown_to_web_services(client, "1")
    assert error is not None
    assert words in str(error)
    assert client.check().cause == "unknown company"


def test_a3_a_refusal_of_the_company_stays_where_the_server_fails_without_one(stub, client):
    """Whose the Authorization ID is was asked for the message only, and its failure was told instead."""
    words = "Company 1 does not exist"

    def answer_or_fail(request):
        if request.parameters["pCompany_Code"]:
            return refusal("GetJob", "E", words, "pCompany_Code")
        return Reply(fault("SOAP-ENV:Server", "Error executing Web Service"), 500)

    stub.services["GetJob"] = answer_or_fail
    error = unknown_to_web_services(client, "1")
    assert error is not None
    assert words in str(error)


def test_a_vendor_service_that_is_not_enabled_shows_nothing(stub, client):
    _serve(stub, job("100", Company_Code=" 01"))
    stub.paths["/vendors/2"] = lambda request: Reply(b"", 404)
    assert unknown_to_web_services(client, "2") is not None
