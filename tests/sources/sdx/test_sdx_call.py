"""One call: envelope, WSDL, errors by remedy, tries, cut answers over HTTP, GUID policies."""

import pickle

import pytest
from sdx_stub import AUTHORIZATION_ID, JOB_PARAMETERS, Reply, answer, fault, job, refusal, wsdl

from spectrum_etl.errors import FixConfiguration, Reauthenticate, RetryLater, SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import ServiceMissing, ServiceNotEnabled
from spectrum_etl.sources.sdx.split import CapReached
from spectrum_etl.sources.sdx.wsdl import parse

ASK = {"pCompany_Code": "1", "pStatus_Code": "A"}
ONE = answer("GetJob", [job("100")])


def ask(client, **parameters):
    return list(client.call("GetJob", {**ASK, **parameters}))


def replies(stub, *bodies):
    """Answer GetJob with these, one after the other; the last one stays."""
    waiting = list(bodies)
    stub.services["GetJob"] = lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def test_the_envelope_holds_every_declared_parameter_in_the_wsdls_order(stub, client):
    replies(stub, ONE)
    ask(client, pDivision="R&D<")
    (request,) = stub.calls("GetJob")
    assert request.order == ("Authorization_ID", "GUID", *JOB_PARAMETERS)
    assert request.parameters["Authorization_ID"] == AUTHORIZATION_ID
    assert request.parameters["pDivision"] == "R&D<"
    assert request.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert request.headers["SOAPAction"] == f"{stub.url}/ws/GetJob"
    assert "Authorization" not in request.headers


def test_the_wsdl_of_the_installation_decides_and_is_fetched_once(stub, client):
    replies(stub, ONE)
    stub.paths["/wsdls/GetJob.jws"] = lambda request: wsdl("GetJob", ("pStatus_Code", "pNew", "pCompany_Code"))
    ask(client)
    ask(client)
    assert stub.calls("GetJob")[0].order == ("Authorization_ID", "GUID", "pStatus_Code", "pNew", "pCompany_Code")
    assert sum(request.method == "GET" for request in stub.requests) == 1


@pytest.mark.parametrize("path", ["/wsdls/GetJob.jws?wsdl", "/ws/GetJob.jws", "/ws/GetJob.jws?wsdl"])
def test_the_wsdl_is_looked_for_in_every_known_place(stub, client, path):
    replies(stub, ONE)
    stub.paths["/wsdls/GetJob.jws"] = lambda request: Reply(b"<html>no</html>")
    stub.paths[path] = lambda request: wsdl("GetJob")
    assert len(ask(client)) == 1


def test_a_wsdl_with_named_types_is_read():
    text = b"""<d:definitions xmlns:d='http://schemas.xmlsoap.org/wsdl/' xmlns:s='http://www.w3.org/2001/XMLSchema'>
    <d:types><s:schema targetNamespace='urn:x'><s:element name='GetJob' type='t:JobIn'/>
    <s:complexType name='JobIn'><s:sequence><s:element name='GUID'/><s:element name='pA'/></s:sequence></s:complexType>
    </s:schema></d:types></d:definitions>"""
    found = parse("GetJob", text)
    assert found is not None
    assert (found.namespace, found.parameters) == ("urn:x", ("GUID", "pA"))
    assert parse("GetPhase", text) is None


def test_a_service_without_a_wsdl_is_missing(stub, client):
    with pytest.raises(ServiceMissing, match="GetJob: there is no WSDL"):
        ask(client)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"pDivision": "TOOLONG"}, "pDivision: .*'TOOLONG'; allowed: at most 5 characters"),
        ({"pDivision": "a\x01"}, "XML can hold"),
        ({"pJob_Number": "100"}, "pJob_Number: this installation's service does not know the parameter"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_call(stub, client, parameters, match):
    replies(stub, ONE)
    with pytest.raises(FixConfiguration, match=match):
        ask(client, **parameters)
    assert not stub.calls("GetJob")


def test_writes_are_not_sent(client):
    with pytest.raises(ValueError, match="not a read service"):
        client.call("AddVendor", ASK)


@pytest.mark.parametrize(
    ("code", "text", "column", "kind", "said"),
    [
        ("E", "Web service GetJob is not authorized", "Authorization_ID", ServiceNotEnabled, "add the service GetJob"),
        ("E", "Invalid Authorization ID", "Authorization_ID", Reauthenticate, "check the password"),
        ("e", "Company does not exist", "pCompany_Code", FixConfiguration, "pCompany_Code.*'1'"),
        (" I ", "Invalid status", "pStatus_Code", FixConfiguration, "correct the value of pStatus_Code"),
        ("M", "Missing", "pDivision", FixConfiguration, "pDivision"),
        ("A", "Aborted", "", FixConfiguration, "error A: Aborted"),
        ("Q", "never heard of", "", FixConfiguration, "error Q: never heard of"),
        ("E", "Time out has occurred", "GUID", RetryLater, "new GUID"),
    ],
)
def test_the_error_triple_in_a_good_answer_is_an_error(stub, client, code, text, column, kind, said):
    replies(stub, refusal("GetJob", code, text, column))
    with pytest.raises(kind, match=f"GetJob, company 1.*{said}"):
        ask(client)


@pytest.mark.parametrize(
    "names",
    [
        ("error_code", "error_description", "error_column"),
        ("error_code", "desc", "column"),
        ("ERROR_CODE", "desc", "ERROR_COLUMN"),
    ],
)
def test_the_error_triple_is_known_by_every_name_that_is_documented_for_it(stub, client, names):
    """Pages, reads and writes spell it otherwise: its words were lost where one kind of names met the other."""
    body = refusal("GetJob", "i", "Invalid status", "pStatus_Code")
    for documented, name in zip(("Error_Code", "Error_Description", "Error_Column"), names, strict=True):
        body = body.replace(documented.encode(), name.encode())
    replies(stub, body)
    with pytest.raises(FixConfiguration, match="error I: Invalid status"):
        ask(client)


def test_an_error_after_records_spoils_the_whole_answer(stub, client):
    bad = {**job("2"), "Error_Code": "E", "Error_Description": "broken", "Error_Column": ""}
    replies(stub, answer("GetJob", [{**job("1"), "Error_Code": "G"}, bad]))
    with pytest.raises(FixConfiguration, match="broken"):
        ask(client)


@pytest.mark.parametrize(
    "first",
    [
        Reply(fault("SOAP-ENV:Server", "Error executing Web Service"), 500),
        fault("SOAP-ENV:Server", "Error executing Web Service"),
        Reply(b"busy", 503),
        Reply(close=True),
        Reply(ONE, announce=len(ONE) + 100),
        Reply(b""),
        refusal("GetJob", "E", "Time out has occurred", "GUID"),
        ONE[: ONE.index(b"</Job_Number>")],
    ],
    ids=["fault 500", "fault 200", "503", "closed", "short", "empty", "session", "cut"],
)
def test_passing_faults_are_tried_again_with_growing_waits(stub, client, waits, first):
    replies(stub, first, first, ONE)
    assert len(ask(client)) == 1
    assert waits == [0.5, 1.0]
    assert len({request.parameters["GUID"] for request in stub.calls("GetJob")}) >= 1


#: SOAP 1.2, whose code holds a subcode.
SUBCODE = b"""<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body><env:Fault><env:Code>
<env:Value>env:Receiver</env:Value><env:Subcode><env:Value>m:Busy</env:Value></env:Subcode></env:Code>
<env:Reason><env:Text xml:lang="en">Error executing Web Service</env:Text></env:Reason>
</env:Fault></env:Body></env:Envelope>"""


@pytest.mark.parametrize(
    ("reply", "kind", "said", "tries"),
    [
        (Reply(fault("SOAP-ENV:Server", "Error executing Web Service"), 500), RetryLater, "Error executing", 4),
        (Reply(SUBCODE, 500), RetryLater, "the fault env:Receiver: Error executing Web Service", 4),
        (Reply(b"", 502), RetryLater, "HTTP 502", 4),
        (Reply(close=True), RetryLater, "refused or closed.*list", 4),
        (Reply(fault("SOAP-ENV:Client", "parameter missing"), 500), FixConfiguration, "parameter missing", 1),
        (Reply(b"", 401), Reauthenticate, "login is the company code", 1),
        (Reply(b"", 403), FixConfiguration, "HTTP 403.*public address", 1),
        (Reply(b"", 302, {"Location": "https://elsewhere/x?t=1"}), FixConfiguration, "HTTP 302 to https://else", 1),
        (Reply(b"", 418), StopSync, "HTTP 418", 1),
        (Reply(b"<html><p>Sign in</p></html>"), StopSync, "its root is <html>", 1),
        (Reply(ONE[:-200]), StopSync, "and was discarded: it ends early after 0 whole records", 4),
        (Reply(b"this is not gzip", headers={"Content-Encoding": "gzip"}), StopSync, "damaged", 4),
    ],
)
def test_lasting_faults_are_told_by_their_remedy(stub, client, reply, kind, said, tries):
    replies(stub, reply)
    with pytest.raises(kind, match=f"GetJob, company 1.*{said}") as caught:
        ask(client)
    assert ". What to do: " in str(caught.value)
    assert len(stub.calls("GetJob")) == tries


def test_a_slow_server_runs_into_the_time_limit(stub, connect):
    stub.services["GetJob"] = lambda request: Reply(ONE, delay=1.0)
    stub.services["GetJobMain"] = stub.services["GetJob"]
    with pytest.raises(RetryLater, match=r"no answer from .*2 s to connect, 0.1 s between"):
        ask(connect(timeout_seconds=(2.0, 0.1)))


def many(count):
    return answer("GetJob", [job(str(n)) for n in range(count)])


def without_tail(body):
    return body[: body.rindex(b"</response>") + len(b"</response>")]


def test_missing_closing_tags_are_taken_when_a_second_call_agrees(stub, client):
    replies(stub, without_tail(many(7)))
    assert len(ask(client)) == 7
    assert len(stub.calls("GetJob")) == 2


def test_missing_closing_tags_are_taken_when_the_second_answer_is_whole(stub, client):
    replies(stub, without_tail(many(7)), many(8))
    assert len(ask(client)) == 8


@pytest.mark.parametrize("count", [6, 8])
def test_missing_closing_tags_with_other_keys_are_refused(stub, client, count):
    replies(stub, without_tail(many(7)), without_tail(many(count)))
    with pytest.raises(StopSync, match=rf"neither was used|held different records \(7 and {count}\)"):
        ask(client)


@pytest.mark.parametrize("count", [20, 21])
@pytest.mark.parametrize("warning", ["", "exceeds max"])
def test_an_answer_at_the_cap_is_not_given_out(stub, connect, count, warning):
    replies(stub, answer("GetJob", [job(str(n)) for n in range(count)], warning))
    with pytest.raises(CapReached, match=f"has {count} records.*set the reader of this object to infolink"):
        ask(connect(row_cap=20))


@pytest.mark.parametrize(("policy", "kinds"), [("per_call", 3), ("per_batch", 1), ("empty", 1)])
def test_the_guid_follows_the_policy(stub, connect, policy, kinds):
    replies(stub, ONE)
    client = connect(guid_policy=policy)
    for _ in range(3):
        ask(client)
    guids = {request.parameters["GUID"] for request in stub.calls("GetJob")}
    assert len(guids) == kinds
    assert (guids == {""}) is (policy == "empty")
    assert all(len(guid) <= 36 for guid in guids)


@pytest.mark.parametrize("nothing", [answer("GetJob", []), answer("GetJob", [{"Job_Number": ""}])])
@pytest.mark.parametrize(("policy", "better"), [("per_call", "empty"), ("empty", "per_call")])
def test_a_refused_guid_is_told_from_an_empty_table(stub, connect, nothing, policy, better):
    def moody(request):
        return nothing if bool(request.parameters["GUID"]) is (policy == "per_call") else ONE

    stub.services["GetJob"] = moody
    remedy = f"set the extra guid of the Airflow connection spectrum_sdx to {better}"
    with pytest.raises(FixConfiguration, match=remedy):
        ask(connect(guid_policy=policy))


def test_a_batch_guid_that_works_only_once_is_noticed(stub, connect):
    seen = set()

    def once(request):
        guid = request.parameters["GUID"]
        reply = answer("GetJob", [{"Job_Number": ""}]) if guid in seen else ONE
        seen.add(guid)
        return reply

    stub.services["GetJob"] = once
    client = connect(guid_policy="per_batch")
    assert len(ask(client)) == 1
    with pytest.raises(FixConfiguration, match="connection spectrum_sdx to per_call"):
        ask(client)


def test_an_expired_batch_guid_is_replaced(stub, connect):
    replies(stub, ONE, refusal("GetJob", "E", "Time out has occurred", "GUID"), ONE)
    client = connect(guid_policy="per_batch")
    for _ in range(3):
        assert len(ask(client)) == 1
    first, expired, second, third = (request.parameters["GUID"] for request in stub.calls("GetJob"))
    assert first == expired != second == third


def test_no_rows_are_no_rows_when_every_guid_says_so(stub, client):
    replies(stub, answer("GetJob", []))
    assert ask(client) == []


def test_errors_survive_the_way_between_processes(stub, client):
    replies(stub, Reply(b"", 403))
    with pytest.raises(SpectrumEtlError) as caught:
        ask(client)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def test_the_environments_proxy_is_used_but_for_hosts_that_it_leaves_out(stub, connect, monkeypatch):
    """The environment is read when the client is made, so it has to be read as requests reads it."""
    replies(stub, ONE)
    monkeypatch.setenv("http_proxy", stub.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = "http://spectrum.invalid"
    for path in ("/wsdls/GetJob.jws", "/ws/GetJob"):
        told = wsdl("GetJob") if path.startswith("/wsdls") else ONE
        stub.paths[f"{server}{path}"] = lambda request, told=told: told
    assert len(list(connect(base_url=server, allow_plain_http=True).call("GetJob", ASK))) == 1
    assert {request.path.removeprefix(server) for request in stub.requests} == {"/wsdls/GetJob.jws", "/ws/GetJob"}
    assert len(ask(connect())) == 1
    assert not stub.requests[-1].path.startswith("http://")


def test_the_environments_authorities_are_used_unless_the_connection_names_its_own(connect, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/missing/authorities.pem")
    server = "https://127.0.0.1:1"
    with pytest.raises(OSError, match=r"/missing/authorities\.pem"):
        list(connect(base_url=server).call("GetJob", ASK))
    with pytest.raises(RetryLater):
        list(connect(base_url=server, verify=False).call("GetJob", ASK))
