"""A2. Answers that hold what XML cannot: one character costs that character, not the answer."""

from __future__ import annotations

import json

import pytest
from sdx_stub import JOB_FIELDS, JOB_SELECTION, Records, Reply, answer, job

from spectrum_etl.character_marks import MARKS, shown
from spectrum_etl.errors import StopSync
from spectrum_etl.sources.sdx.clean import Cleaner, clean

#: As it stands in the bytes of an answer -> as people see it.
FORBIDDEN = {
    "reference": (b"&#x1B;", "\u241b"),
    "decimal_reference": (b"&#27;", "\u241b"),
    "reference_of_nul": (b"&#0;", "\u2400"),
    "reference_of_half": (b"&#xD800;", "\ufffd"),
    "reference_beyond": (b"&#x110000;", "\ufffd"),
    "raw": (b"\x1b", "\u241b"),
    "raw_nul": (b"\x00", "\u2400"),
    "half": (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
    "invalid": (b"\xff", "\ufffd"),
    "cut_character": (b"\xc3", "\ufffd"),
    "noncharacter": (b"\xef\xbf\xbf", "\ufffd"),
}


def _serve(stub, forbidden: bytes, **fields: str) -> None:
    """Jobs whose second one holds `@@` in a field; the bytes stand in its place in what is sent."""
    records = Records([job("100"), job("200", **fields), job("300")], JOB_SELECTION, keep=JOB_FIELDS)

    def answered(request):
        return Reply(records(request).replace(b"@@", forbidden), chunk=7)

    for service in ("GetJob", "GetJobMain", "GetJobDates"):
        stub.services[service] = answered


@pytest.mark.parametrize("form", FORBIDDEN)
def test_one_character_costs_itself(stub, client, form):
    """The other jobs arrive, and of this one everything else."""
    forbidden, seen = FORBIDDEN[form]
    _serve(stub, forbidden, Job_Description="Tower@@ North")
    found = {one["Job_Number"].strip(): one for one in client.read_jobs("1")}
    assert set(found) == {"100", "200", "300"}
    assert shown(found["200"]["Job_Description"]) == f"Tower{seen} North"
    assert found["200"]["Original_Contract"] == "1000.00"
    assert not any(mark in str(found["100"]) for mark in MARKS)


def test_keys_that_differ_in_such_a_character_stay_two(stub, client):
    records = Records([job("A@@1"), job("A@@2"), job("A3")], JOB_SELECTION, keep=JOB_FIELDS)
    for service in ("GetJob", "GetJobMain", "GetJobDates"):
        stub.services[service] = lambda request: (
            records(request).replace(b"A@@1", b"A&#x1B;").replace(b"A@@2", b"A&#x1A;")
        )
    assert sorted(shown(one["Job_Number"].strip()) for one in client.read_jobs("1")) == ["A3", "A\u241a", "A\u241b"]


@pytest.mark.parametrize("form", FORBIDDEN)
def test_pieces_of_any_size_are_cleaned_alike(form):
    forbidden, seen = FORBIDDEN[form]
    whole = (
        '<?xml version="1.0" encoding="UTF-8"?><a>Zürich '.encode() + forbidden + b" &amp; &#x41;&#228; " + forbidden
        + b"</a>"
    )  # fmt: skip
    expected = f'<?xml version="1.0" encoding="UTF-8"?><a>Zürich {seen} &amp; &#x41;&#228; {seen}</a>'
    assert shown(clean(whole).decode()) == expected
    for size in range(1, len(whole) + 1):
        cleaner = Cleaner()
        pieces = [cleaner.feed(whole[start : start + size]) for start in range(0, len(whole), size)]
        assert shown((b"".join(pieces) + cleaner.end()).decode()) == expected, size


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("US-ASCII", "utf-8"),
        ("ISO-8859-1", "iso-8859-1"),
        ("Windows-1252", "windows-1252"),
        ("UTF-16", "utf-16"),
        ("no-such-encoding", "utf-8"),
    ],
)
def test_an_answer_in_another_encoding_is_read_as_before(stub, client, declared, encoding):
    """What is declared holds, and characters outside ASCII arrive unharmed."""
    records = Records([job("100", Job_Description="Zürich Straße")], JOB_SELECTION, keep=JOB_FIELDS)

    def answered(request):
        text = records(request).decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
        return text.encode(encoding)

    for service in ("GetJob", "GetJobMain", "GetJobDates"):
        stub.services[service] = answered
    assert [one["Job_Description"] for one in client.read_jobs("1")] == ["Zürich Straße"]


def test_what_xml_can_hold_is_left_as_it_is():
    body = "<a>tab\t line\n Zürich \U0001f3d7 &#x1F3D7; &lt;&#10;&#xE4; & &#; &#xZZ; \x7f</a>"
    assert clean(body.encode()).decode() == body


@pytest.mark.parametrize("body", [b"<a>&#x1", b"<a>&", b"<a>x&#", b"", b"<", b"<?xml version='1.0'"])
def test_an_answer_that_is_cut_stays_cut(body):
    assert clean(body) == body


def test_a_message_that_must_stop_names_the_record_before(stub, client):
    """What is damaged beyond one character cannot be read; whoever looks for it knows where to begin."""
    stub.services["GetJob"] = lambda request: answer("GetJob", [job("100"), job("200")]).replace(
        b"<Job_Description>Job 200", b"<Job_Description><<<"
    )
    with pytest.raises(StopSync, match=r"after the record 100: .*after 1 whole records"):
        list(client.read_jobs("1"))


def test_a_fault_that_quotes_such_a_character_is_still_a_fault(stub, client):
    from sdx_stub import fault

    stub.services["GetJob"] = lambda request: Reply(fault("SOAP-ENV:Client", "no job A@").replace(b"@", b"&#x1B;"), 500)
    with pytest.raises(Exception, match="the fault SOAP-ENV:Client: no job A"):
        list(client.read_jobs("1"))


VENDORS = {
    "escaped": (b'"Acme\\u001b Steel"', "Acme\u241b Steel"),
    "escaped_nul": (b'"Acme\\u0000 Steel"', "Acme\u2400 Steel"),
    "escaped_half": (b'"Acme\\ud800 Steel"', "Acme\ufffd Steel"),
    "raw": (b'"Acme\x1b Steel"', "Acme\u241b Steel"),
    "raw_nul": (b'"Acme\x00 Steel"', "Acme\u2400 Steel"),
    "invalid": (b'"Acme\xff Steel"', "Acme\ufffd Steel"),
    "whole": (b'"Acme \\ud83c\\udfd7 Steel"', "Acme \U0001f3d7 Steel"),
}


@pytest.mark.parametrize("form", VENDORS)
def test_one_character_of_a_vendor_costs_itself(stub, client, form):
    name, seen = VENDORS[form]
    body = b'{"vendors": [{"Vendor_Code": "A1", "Name": "One"}, {"Vendor_Code": "A2", "Name": ' + name + b"}]}"
    stub.paths["/vendors/1"] = lambda request: Reply(body)
    assert [shown(one["Name"]) for one in client.read_vendors("1")] == ["One", seen]


def test_a_vendor_list_that_cannot_be_read_names_the_vendor_before(stub, client):
    text = json.dumps([{"Vendor_Code": f"A{n}", "Name": f"Name {n}"} for n in range(9)])
    stub.paths["/vendors/1"] = lambda request: Reply(text.replace('"Name 4"', "Name 4").encode())
    with pytest.raises(StopSync, match="after vendor A4: the answer"):
        list(client.read_vendors("1"))
