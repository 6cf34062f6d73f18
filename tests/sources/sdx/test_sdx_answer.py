"""The parser: whole answers, cut ones, foreign ones, memory."""

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sdx_stub import Reply, answer, job, phase

from spectrum_etl.errors import SpectrumEtlError, StopSync
from spectrum_etl.sources.faults import AnswerCut
from spectrum_etl.sources.sdx.answer import AnswerParser
from spectrum_etl.sources.sdx.faults import ServiceCall

CALL = ServiceCall("GetJob", {"pCompany_Code": "1", "pStatus_Code": "A"})
PHASES = ServiceCall("GetPhase", {"pCompany_Code": "1", "pJob_Number": "100"})
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=12)
TRICKY = [
    {"Job_Number": "1", "Job_Description": "</response>"},
    {"Job_Number": " 2 ", "Job_Description": "A & B <C> \u00e9"},
    {"Job_Number": "3", "Job_Description": ""},
]


def parse(body, step=65536, call=CALL):
    parser = AnswerParser(call, str)
    records = list(parser.records(body[start : start + step] for start in range(0, len(body), step)))
    return records, parser.outcome


def verdict(body, step=65536):
    """Records and whether only closing tags are missing; None when the answer is refused."""
    try:
        records, outcome = parse(body, step)
    except SpectrumEtlError:
        return None
    return records, outcome.tail_missing


@pytest.mark.parametrize("step", [1, 3, 64, 65536])
def test_records_are_given_as_sent_without_the_error_triple(step):
    records, outcome = parse(answer("GetJob", TRICKY), step)
    assert records == TRICKY
    assert not outcome.tail_missing
    assert outcome.warning is None


@pytest.mark.parametrize("step", [7, 65536])
def test_a_cut_at_any_byte_is_never_a_shortened_success(step):
    """Only closing tags may be missing after the last record; the client then asks a second time."""
    body = answer("GetJob", TRICKY).rstrip()
    last_record = body.rindex(b"</response>") + len(b"</response>")
    for length in range(len(body)):
        found = verdict(body[:length], step)
        if length >= last_record and body[:length].endswith(b"<"):
            assert found is None, "a lone < may begin another record"
        elif length >= last_record:
            assert found == (TRICKY, True), body[:length][-40:]
        elif found is not None:
            records, tail_missing = found
            # Cut exactly after an earlier record: it looks like missing closing tags, and is marked as such.
            assert tail_missing
            assert body[:length].rstrip().endswith(b"</response>")
            assert records == TRICKY[: len(records)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.fixed_dictionaries({"Job_Number": VALUES, "Comment": VALUES}), min_size=1, max_size=4),
    st.integers(0),
    st.integers(1, 50),
)
def test_cutting_any_answer_anywhere_is_noticed(records, position, step):
    body = answer("GetJob", records).rstrip()
    whole = verdict(body)
    assert whole is not None
    assert whole[1] is False
    cut = body[: position % len(body)]
    found = verdict(cut, step)
    if found is not None:
        assert found[1], "a cut answer may pass only as one whose closing tags are missing"
        kept = cut.count(b"<response>")
        assert cut.count(b"</response>") == kept, "no record may be cut"
        assert found[0] == [one for one in records[:kept] if any(value.strip() for value in one.values())]


@pytest.mark.parametrize(
    "tail",
    [
        b"<response><Job_Number>9</Job_Number></response><![CDATA[</response>",
        b"<response><Job_Number>9</Job_Number></response><!-- </response>",
        b"<response><Job_Number>9</Job_Number></response><total>1</tot",
        b"<response><Job_Number>9</Job_Number></response></getJob></x",
        b"<response><Job_Number>9</Job_Number></response></get Job",
        b"<response><Job_Number>9</Job_Number></response>&am",
    ],
)
def test_what_only_looks_like_missing_closing_tags_is_refused(tail):
    body = answer("GetJob", TRICKY)
    head = body[: body.index(b"</getJob>")]
    with pytest.raises(AnswerCut, match="and was discarded"):
        parse(head + tail)


def test_records_are_found_under_any_root_and_prefix():
    body = b"<a:x xmlns:a='u'><y><a:response><a:Job_Number>7</a:Job_Number></a:response></y></a:x>"
    assert parse(body) == ([{"Job_Number": "7"}], parse(body)[1])
    assert verdict(body[: body.index(b"</y>")])[1] is True


@pytest.mark.parametrize("body", [answer("GetJob", []), b"<getJob/>", b"\n <?xml version='1.0'?><getJob></getJob>"])
def test_an_answer_without_records_is_one_if_it_is_the_services(body):
    assert parse(body)[0] == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>Sign in</body></html>",
        b"<Envelope><Body/></Envelope>",
        b"<getPhase/>",
        b"<e><response><A><B>1</B></A></response></e>",
        b"<e><response><A>1</A><A>2</A></response></e>",
        b"<e><response>text<A>1</A></response></e>",
        b"<e><response><A>1</A><response><A>2</A></response></response></e>",
    ],
)
def test_what_is_no_answer_of_the_service_stops_the_sync(body):
    with pytest.raises(StopSync, match="the answer cannot be read"):
        parse(body)


@pytest.mark.parametrize("body", [b"", b"  \n", b"plain text", b"<getJob><response><A>a & b</A></response></getJob>"])
def test_what_is_no_xml_is_refused_with_its_place(body):
    with pytest.raises(AnswerCut, match=r"GetJob, company 1: the answer \(pStatus_Code=A\) is incomplete"):
        parse(body)


@pytest.mark.parametrize("record", [b"<A>&e;</A>", b"&e;<A>1</A>"])
def test_entities_are_not_followed(record):
    entity = b"<!ENTITY e SYSTEM 'file:///etc/passwd'>"
    body = b"<!DOCTYPE a [" + entity + b"]><getJob><response>" + record + b"</response></getJob>"
    with pytest.raises(SpectrumEtlError):
        parse(body)


def test_a_warning_row_is_no_record():
    records, outcome = parse(answer("GetJob", TRICKY, warning="exceeds max"))
    assert records == TRICKY
    assert outcome.warning == "exceeds max"


ZEROS = {"Company_Code": " ", "Job_Number": "", "JTD_Hours": "0.00", "JTD_Actual_Dollars": "-.00", "JTD_Quantity": "0"}


@pytest.mark.parametrize(
    "fields", [ZEROS, {**ZEROS, "Company_Code": "1"}, {"Company_Code": "1", "Cost_Center": "MAIN"}]
)
def test_a_warning_row_without_a_key_is_no_record_whatever_else_it_holds(fields):
    """PRO-IV knows no missing numbers: those of a row without content are zeros."""
    warning = {**fields, "Error_Code": "W", "Error_Description": "exceeds max"}
    records, outcome = parse(answer("GetPhase", [phase("100", "01100", "L"), warning]), call=PHASES)
    assert [record["Phase_Code"].strip() for record in records] == ["01100"]
    assert outcome.warning == "exceeds max"


def test_a_record_that_carries_the_warning_itself_is_kept():
    last = {**phase("100", "01100", "M"), "Error_Code": "W", "Error_Description": "exceeds max"}
    records, outcome = parse(answer("GetPhase", [phase("100", "01100", "L"), last]), call=PHASES)
    assert [record["Cost_Type"].strip() for record in records] == ["L", "M"]
    assert outcome.warning == "exceeds max"


def test_a_row_of_blanks_and_zeros_is_blank():
    records, outcome = parse(answer("GetPhase", [ZEROS]), call=PHASES)
    assert (records, outcome.blank_records) == ([], 1)


def resident_bytes():
    """Memory of this process, the XML library's included, which tracemalloc does not see."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_does_not_grow_with_the_answer():
    record = answer("GetJob", [job("100")])
    head, _, rest = record.partition(b"<response>")
    one, _, tail = rest.rpartition(b"</response>")
    block = (b"<response>" + one + b"</response>\n") * 100

    def body():
        yield head
        for _ in range(2000):
            yield block
        yield tail

    count = 0
    sizes = []
    for _ in AnswerParser(CALL, str).records(body()):
        if count % 20_000 == 0:
            sizes.append(resident_bytes())
        count += 1
    assert count == 200_000
    assert max(sizes) - sizes[1] < 4 * 1024 * 1024


def test_a_large_answer_is_kept_outside_of_memory(stub, connect):
    """The records wait in a temporary file until the answer is known to be whole."""
    stub.services["GetCustomers"] = lambda request: Reply(
        answer("GetCustomers", [{"Customer_Code": str(n), "Name": "x" * 800} for n in range(10_000)]), chunk=70_000
    )
    client = connect(row_cap=1_000_000)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        records = client.call("GetCustomers", {"pCompany_Code": "1"})
        tracemalloc.reset_peak()
        codes = [int(record["Customer_Code"]) for record in records]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert codes == list(range(10_000))
    assert peak - before < 4 * 1024 * 1024
