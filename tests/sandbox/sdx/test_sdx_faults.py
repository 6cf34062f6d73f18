"""Every switchable fault of the web services happens on the wire, as often as asked; the call log tells the truth."""

import threading
import time

import pytest
import requests
from lxml import etree

from sandbox.faults import Faults
from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import DEMO, Soap


def test_closing_tags_are_cut_off_behind_whole_records(server: SdxServer, soap: Soap) -> None:
    whole = soap.raw("GetJob").content
    server.switches.set("sdx_cut_tail", count=1)
    cut = soap.raw("GetJob").content
    assert cut.endswith(b"</response>")
    assert whole.startswith(cut)
    assert cut.count(b"<response>") == whole.count(b"</response>")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(cut)
    assert soap.raw("GetJob").content == whole, "the count of one is used up"


def test_answer_can_end_inside_a_record(server: SdxServer, soap: Soap) -> None:
    whole = soap.raw("GetJob").content
    server.switches.set("sdx_cut_record", count=1)
    cut = soap.raw("GetJob").content
    assert whole.startswith(cut)
    assert cut.count(b"<response>") == cut.count(b"</response>") + 1


def test_server_fault_comes_and_goes(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_server_fault", count=2)
    answers = [soap.raw("GetJob") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert b"<faultcode>SOAP-ENV:Server</faultcode><faultstring>Error executing Web Service" in answers[0].content


def test_http_500_without_soap(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_http_500", count=1)
    refused = soap.raw("GetJob")
    assert refused.status_code == 500
    assert b"Envelope" not in refused.content
    assert soap.raw("GetJob").status_code == 200


def test_connection_is_dropped_in_the_middle_of_the_answer(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_drop_connection", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        soap.raw("GetJob")
    assert soap.raw("GetJob").status_code == 200
    server.switches.set("sdx_drop_connection", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{server.url}/vendors/1", auth=("1", DEMO), timeout=10)


def test_slow_answers(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_slow_ms", "300", count=1)
    began = time.monotonic()
    soap.raw("GetJob")
    assert time.monotonic() - began >= 0.3


def test_service_off_is_refused_as_not_authorized(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_service_off", "GetPhase")
    (row,) = soap.rows("GetPhase")
    assert (row["Error_Code"], row["Error_Column"]) == ("E", "Authorization_ID")
    assert len(soap.rows("GetJob")) > 1
    server.switches.set("sdx_service_off", "Vendors")
    assert requests.get(f"{server.url}/vendors/1", auth=("1", DEMO), timeout=10).status_code == 403


def test_blocked_address_is_refused_everywhere(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_blocked_ip")
    answers = [
        soap.raw("GetJob"),
        requests.get(f"{server.url}/wsdls/GetJob.jws", timeout=10),
        requests.get(f"{server.url}/vendors/1", auth=("1", DEMO), timeout=10),
        requests.post(f"{server.url}/connect/token", timeout=10),
    ]
    assert {(answer.status_code, answer.headers["Content-Type"].split(";")[0]) for answer in answers} == {
        (403, "text/html")
    }


def test_fault_set_by_another_process_is_seen(server: SdxServer, soap: Soap, business: str) -> None:
    other = Faults(business)
    other.set("sdx_http_500")
    time.sleep(0.3)
    assert soap.raw("GetJob").status_code == 500
    other.clear("sdx_http_500")
    other.close()
    time.sleep(0.3)
    assert soap.raw("GetJob").status_code == 200


def test_call_log_names_calls_without_secrets_and_counts_parallel_ones(server: SdxServer, soap: Soap) -> None:
    server.switches.set("sdx_slow_ms", "200")
    threads = [
        threading.Thread(target=soap.raw, args=("GetPhase",), kwargs={"pJob_Number": "24-101"}) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.switches.clear()
    soap.raw("GetJob")
    text = requests.get(f"{server.url}/_sandbox/calls", timeout=10).text
    assert DEMO not in text
    report = requests.get(f"{server.url}/_sandbox/calls", timeout=10).json()
    assert report["max_parallel"] == 3
    assert report["running"] == 0
    assert [call["service"] for call in report["calls"]] == ["GetPhase"] * 3 + ["GetJob"]
    assert report["calls"][0]["parameters"]["pJob_Number"] == "24-101"
    assert report["calls"][0]["status"] == 200
    assert report["calls"][0]["seconds"] >= 0.2
    assert requests.delete(f"{server.url}/_sandbox/calls", timeout=10).status_code == 204
    assert requests.get(f"{server.url}/_sandbox/calls", timeout=10).json()["calls"] == []
