"""Writes whose answer is late, cut, wrong or lost: what is done and what is not; forms of success; writes at once."""

import threading
import time
from collections.abc import Callable

import pytest
import requests
from lxml import etree

from sandbox.faults import Faults, UnknownFaultError, parse
from sandbox.sdx.access import Authorization, Client
from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import DEMO
from tests.sandbox.sdx.raw_writes import VENDOR, Query, Site, Writer


def done(query: Query, code: str) -> tuple[int, int]:
    """Vendors with the code in company 1, and accepted calls that made one."""
    ((vendors,),) = query(
        """SELECT count(*) FROM "VN_VENDOR_MASTER_MC" WHERE btrim("Vendor_Code") = %s
           AND btrim("Company_Code") = '1'""",
        code,
    )
    ((calls,),) = query(
        """SELECT count(*) FROM sandbox.writes WHERE service = 'AddVendor' AND accepted
           AND parameters->>'Vendor_Code' = %s""",
        code,
    )
    return vendors, calls


@pytest.mark.parametrize(
    ("form", "records"),
    [("empty", []), ("good", [("G", "GOOD", "Vendor_Code")]), ("blank", [("", "", "")])],
)
def test_forms_of_success(server: SdxServer, writer: Writer, form: str, records: list[tuple[str, str, str]]) -> None:
    server.switches.set("write_success", form)
    assert writer.records("AddVendor", Vendor_Code=form.upper(), **VENDOR) == records


def test_a_client_meets_every_form_in_turn(writer: Writer, site: Site) -> None:
    answers = [tuple(writer.records("UpdateJob", **site.key, City="Lima")) for _ in range(6)]
    assert len(set(answers)) == 3
    assert answers[:3] == answers[3:]


def test_lost_answer(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_lost_answer", count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        writer.raw("AddVendor", Vendor_Code="LOST1", **VENDOR)
    assert done(query, "LOST1") == (1, 1)
    assert "already exists" in writer.says("AddVendor", Vendor_Code="LOST1", **VENDOR)
    assert done(query, "LOST1") == (1, 1)


def test_a_fault_can_be_narrowed_to_a_service(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_lost_answer", "AddVendor", count=1)
    writer.done("UpdateVendor", **{**VENDOR, "Vendor_Code": "LOST1"})
    with pytest.raises(requests.exceptions.ConnectionError):
        writer.raw("AddVendor", Vendor_Code="LOST2", **VENDOR)
    assert done(query, "LOST2") == (1, 1)


def test_refusals_get_lost_too(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_lost_answer", count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        writer.raw("AddVendor", Vendor_Code="bad", **VENDOR)
    assert done(query, "bad") == (0, 0)


def test_slow_answer_comes_after_the_work(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_slow", "AddVendor/1", count=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        writer.raw("AddVendor", timeout=0.5, Vendor_Code="SLOW1", **VENDOR)
    assert done(query, "SLOW1") == (1, 1)


def test_late_work_is_done_without_its_caller(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_late", "1", count=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        writer.raw("AddVendor", timeout=0.5, Vendor_Code="LATE1", **VENDOR)
    assert done(query, "LATE1") == (0, 0), "a lookup now finds nothing"
    deadline = time.monotonic() + 5
    while done(query, "LATE1") == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert done(query, "LATE1") == (1, 1)


@pytest.mark.parametrize(("name", "written"), [("write_fault_after", 5), ("write_fault_before", 4)])
def test_fault_at_the_third_of_five_lines(
    server: SdxServer, writer: Writer, site: Site, query: Query, name: str, written: int
) -> None:
    """The third call of the service fails once; calls of other services do not count."""
    server.switches.set(name, "AddPhase/3")
    statuses = []
    for cost_type in "LMESO":
        writer.done("UpdateJob", **site.key, City="Lima")
        phase = {"Phase_Code": "099100", "Cost_Type": cost_type, "Description": "Painting", "Price_Method_Code": "F"}
        answer = writer.raw("AddPhase", **site.key, **phase)
        statuses.append(answer.status_code)
        if answer.status_code == 500:
            assert "<faultcode>SOAP-ENV:Server</faultcode><faultstring>Error executing Web Service" in answer.text
    assert statuses == [200, 200, 500, 200, 200]
    count = """SELECT count(*) FROM "JC_PHASE_MASTER_MC" WHERE btrim("Job_Number") = %s
               AND btrim("Phase_Code") = '099100'"""
    assert query(count, site.job) == [(written,)]


@pytest.mark.parametrize(("name", "made"), [("write_500_before", (0, 0)), ("write_500_after", (1, 1))])
def test_http_500(server: SdxServer, writer: Writer, query: Query, name: str, made: tuple[int, int]) -> None:
    code = name.replace("_", "").upper()[:10]
    server.switches.set(name, count=1)
    answer = writer.raw("AddVendor", Vendor_Code=code, **VENDOR)
    assert answer.status_code == 500
    assert "Envelope" not in answer.text
    assert done(query, code) == made


def test_cut_answer(server: SdxServer, writer: Writer, query: Query) -> None:
    server.switches.set("write_cut", count=1)
    answer = writer.raw("AddVendor", Vendor_Code="CUT1", **VENDOR)
    assert answer.status_code == 200
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.content)
    assert done(query, "CUT1") == (1, 1)


def test_faults_of_the_rest_import(server: SdxServer, site: Site, query: Query) -> None:
    server.switches.set("write_500_before", "ScheduleOfValues", count=1)
    assert site.items(100000).status_code == 500
    server.switches.set("write_lost_answer", "ScheduleOfValues", count=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        site.items(100000)
    items = """SELECT count(*) FROM "CR_BID_ITEM_DES_MC" WHERE btrim("Job_Number") = %s"""
    assert query(items, site.job) == [(1,)]


def at_once(count: int, call: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_calls_at_once_make_one_record(writer: Writer, site: Site, query: Query) -> None:
    writer.names("AddVendor")
    answers: list[list[tuple[str, str, str]]] = []
    at_once(8, lambda: answers.append(writer.records("AddVendor", Vendor_Code="RACE1", **VENDOR)))
    assert done(query, "RACE1") == (1, 1)
    assert sum(any(record[0] == "I" for record in answer) for answer in answers) == 7
    phase = site.key | {"Phase_Code": "099100", "Cost_Type": "L", "Description": "P", "Price_Method_Code": "F"}
    at_once(8, lambda: writer.done("AddPhase", **phase))
    count = """SELECT count(*) FROM "JC_PHASE_MASTER_MC" WHERE btrim("Job_Number") = %s
               AND btrim("Phase_Code") = '099100'"""
    assert query(count, site.job) == [(1,)]
    request = site.key | {"Customer_Code": site.customer, "CR_Status": "PE"}
    at_once(6, lambda: writer.done("ARChangeRequest", **request))
    numbers = """SELECT btrim("Change_Request_Number") FROM "CR_CHNG_REQ_HDR_MC"
                 WHERE btrim("Job_Number") = %s ORDER BY 1"""
    assert query(numbers, site.job) == [(str(number),) for number in range(1, 7)]


def test_values_of_the_faults_are_checked(business: str) -> None:
    assert parse("write_slow=AddVendor/5:2") == ("write_slow", "AddVendor/5", 2)
    assert parse("write_fault_after=3") == ("write_fault_after", "3", None)
    assert parse("write_lost_answer:1") == ("write_lost_answer", "on", 1)
    for text in ("write_lost_answer=GetJob", "write_slow=soon", "write_slow=GetJob/5", "write_fault_after=0"):
        with pytest.raises(UnknownFaultError, match="AddVendor"):
            parse(text)
    with pytest.raises(UnknownFaultError, match="rotate, empty"):
        parse("write_success=maybe")
    for refuse in (lambda: parse("write_fault_after=3:1"), lambda: Faults(business).set("write_fault_after", "3", 1)):
        with pytest.raises(UnknownFaultError, match="no count"):
            refuse()


def test_bearer_tokens_are_asked_of_writes_too(business: str, query: Query) -> None:
    """A3."""
    with SdxServer(business, [Authorization(DEMO, ("1",))], enhanced=True, clients=[Client("etl", "s3cret")]) as server:
        writer = Writer(server.url)
        assert writer.raw("AddVendor", Vendor_Code="TOKEN1", **VENDOR).status_code == 401
        assert done(query, "TOKEN1") == (0, 0)
