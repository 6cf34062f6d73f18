"""Reading vendors by REST: wrappers, keys, numbers as text, suspect lengths."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from sdx_stub import AUTHORIZATION_ID, Reply, json_reply

from spectrum_etl.errors import FixConfiguration, Reauthenticate, StopSync

VENDOR = {"Company_Code": "1", "Vendor_Code": "      ACME", "Name": "Acme", "Discount_Percent": 2.50}


def serve(stub, content):
    stub.paths["/vendors/1"] = lambda request: content if isinstance(content, Reply) else json_reply(content)


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"vendors": rows}, lambda rows: {"a": 1, "X": rows}])
def test_the_list_is_found_bare_or_under_any_name(stub, client, wrap):
    serve(stub, wrap([VENDOR, {**VENDOR, "Vendor_Code": "ZETA"}]))
    assert [one["Vendor_Code"] for one in client.read_vendors("1")] == ["      ACME", "ZETA"]


def test_keys_in_any_letter_case_are_documented_names(stub, client):
    serve(stub, [{"company_code": "1", "VENDOR_CODE": "ACME", "New_Field": "x"}])
    assert next(client.read_vendors("1")) == {"Company_Code": "1", "Vendor_Code": "ACME", "New_Field": "x"}


def test_the_second_city_state_and_zip_belong_to_the_payment_location(stub, client):
    pairs = [
        ("Vendor_Code", "ACME"),
        ("Purchase_City", "Reno"),
        ("Purchase_Zip", 89501),
        ("Payment_Address_1", "PO Box 1"),
        ("purchase_city", "Denver"),
        ("Purchase_Zip", 80202),
    ]
    serve(stub, "[{" + ",".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in pairs) + "}]")
    vendor = next(client.read_vendors("1"))
    assert (vendor["Purchase_City"], vendor["Payment_City"]) == ("Reno", "Denver")
    assert (vendor["Purchase_Zip"], vendor["Payment_Zip"]) == ("89501", "80202")


def test_numbers_stay_as_they_were_written(stub, client):
    serve(stub, '[{"Vendor_Code": "A", "Discount_Percent": 2.50, "Purchase_Zip": 1e2, "Email": null, "Flag": true}]')
    assert next(client.read_vendors("1")) == {
        "Vendor_Code": "A",
        "Discount_Percent": "2.50",
        "Purchase_Zip": "1e2",
        "Email": "",
        "Flag": "true",
    }


class Vendors:
    """A server of vendors in two states.

    Args:
        count: how many there are.
        page: of so many, by $limit and $skip; 0: none.
        unknown: what it does with parameters it does not know: `ignore`, `refuse` or `fail`.
        cap: most vendors of an answer, whatever is asked.
    """

    def __init__(self, count, page=0, unknown="ignore", cap=None):
        self.vendors = [{**VENDOR, "Vendor_Code": f"V{n}", "State": ("CO", "UT")[n % 2]} for n in range(count)]
        self.page, self.unknown, self.cap = page, unknown, cap
        self.asked = []

    def __call__(self, request):
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        self.asked.append(query)
        paging = {name: int(query.pop(name)) for name in ("$limit", "$skip") if name in query}
        if paging and not self.page and self.unknown == "refuse":
            return Reply(b'{"Error_Code": "I", "Error_Description": "$limit is not a parameter"}', 400)
        if paging and self.unknown == "fail":
            return Reply(status=500)
        assert "pCostCenter" in query or not query, "required when any filter is used"
        found = [one for one in self.vendors if query.get("pState", one["State"]) == one["State"]]
        if self.page:
            first = paging.get("$skip", 0)
            found = found[first : first + paging.get("$limit", self.page)]
        return json_reply({"vendors": found[: self.cap]})


@pytest.mark.parametrize("unknown", ["ignore", "refuse"])
@pytest.mark.parametrize("count", [25, 40])
def test_a_list_as_long_as_a_page_is_whole_where_the_server_knows_no_pages(stub, connect, count, unknown):
    """A6. It answers a second page as the first, or refuses it; the filter by state gives the same vendors."""
    stub.paths["/vendors/1"] = server = Vendors(count, unknown=unknown)
    found = list(connect(row_cap=40).read_vendors("1"))
    assert [one["Vendor_Code"] for one in found] == [one["Vendor_Code"] for one in server.vendors]
    assert server.asked[0] == {}
    assert [query["pState"] for query in server.asked[2:]] == ["CO", "UT"]


@pytest.mark.parametrize("count", [25, 26, 60, 525, 1025])
@pytest.mark.parametrize("cap", [None, 25])
def test_further_pages_are_read_where_the_server_has_them(stub, client, count, cap):
    """A6. Also where it gives fewer at a time than it is asked for."""
    stub.paths["/vendors/1"] = server = Vendors(count, page=25, cap=cap)
    found = list(client.read_vendors("1"))
    assert [one["Vendor_Code"] for one in found] == [one["Vendor_Code"] for one in server.vendors]
    if count == 25:
        assert len(server.asked) == 2, "the second page is empty, which says enough"


@pytest.mark.parametrize("page", [4, 24, 100])
def test_pages_of_a_length_that_nobody_has_told_of_are_read_too(stub, client, page):
    """A6. A list that is as long as no known page may be one all the same: vendors would become inactive in silence."""
    stub.paths["/vendors/1"] = server = Vendors(130, page=page)
    assert [one["Vendor_Code"] for one in client.read_vendors("1")] == [one["Vendor_Code"] for one in server.vendors]


@pytest.mark.parametrize(("unknown", "calls"), [("ignore", 2), ("refuse", 2), ("fail", 7)])
def test_a_list_of_another_length_costs_one_more_call_where_the_server_knows_no_pages(stub, client, unknown, calls):
    """Where it fails over the parameters, after four tries, the filter by state tells, for two states in two calls."""
    stub.paths["/vendors/1"] = server = Vendors(30, unknown=unknown)
    assert len(list(client.read_vendors("1"))) == 30
    assert len(server.asked) == calls


@pytest.mark.parametrize("unknown", ["ignore", "refuse"])
def test_a_list_that_hides_vendors_is_found_by_a_filter(stub, client, unknown):
    """A6. A server that cuts at 25 and has another way to page, which nobody knows."""
    stub.paths["/vendors/1"] = Vendors(30, unknown=unknown, cap=25)
    with pytest.raises(StopSync, match=r"25 vendors, but of the state CO also V26.*Info-Link"):
        list(client.read_vendors("1"))


def test_pages_that_overlap_are_not_used(stub, client):
    """A6. A vendor was added between two pages, or the server pages otherwise than its parameters say."""
    everything = Vendors(60, page=25)
    moved = Vendors(60, page=25)
    moved.vendors.insert(0, {**VENDOR, "Vendor_Code": "NEW", "State": "CO"})
    answers = iter([everything, moved])
    stub.paths["/vendors/1"] = lambda request: next(answers)(request)
    with pytest.raises(StopSync, match="25 vendors, and the next page repeats some of them"):
        list(client.read_vendors("1"))


def test_a_second_page_that_is_cut_is_not_taken_for_a_refusal(stub, client):
    answers = Vendors(25)
    stub.paths["/vendors/1"] = lambda request: Reply(b'{"vendors": [{') if "skip" in request.path else answers(request)
    with pytest.raises(StopSync, match="not complete JSON"):
        list(client.read_vendors("1"))


def test_a_longer_list_than_the_cap_shows_that_there_is_none(stub, connect):
    serve(stub, [{**VENDOR, "Vendor_Code": str(n)} for n in range(41)])
    assert len(list(connect(row_cap=40).read_vendors("1"))) == 41


def test_a_warning_row_is_suspect(stub, client):
    serve(stub, [VENDOR, {"Vendor_Code": "", "Error_Code": "W", "Error_Description": "exceeds max"}])
    with pytest.raises(StopSync, match="1 vendors and a warning"):
        list(client.read_vendors("1"))


@pytest.mark.parametrize(
    "content",
    [
        {"message": "hello"},
        {"a": [], "b": []},
        "17",
        [["ACME"]],
        [{"Vendor_Code": {"x": 1}}],
        '[{"Name": "a", "name": "b"}]',
        [{**VENDOR, "Company_Code": "2"}],
        {"errors": [{"message": "Not allowed"}]},
        [VENDOR, {"Name": "Acme"}],
        [{"vendorCode": "ACME"}],
    ],
)
def test_what_cannot_be_read_without_a_loss_stops_the_sync(stub, client, content):
    serve(stub, content)
    with pytest.raises(StopSync, match="Vendors, company 1: the answer cannot be read without loss"):
        list(client.read_vendors("1"))


@pytest.mark.parametrize("body", [b'[{"Vendor_Code": "A"}, {"Vend', b"", b"<html/>"])
def test_half_an_answer_is_never_used(stub, client, body):
    serve(stub, Reply(body))
    with pytest.raises(StopSync, match="not complete JSON; it was discarded"):
        list(client.read_vendors("1"))
    assert len(stub.requests) == 4


@pytest.mark.parametrize("wrap", [lambda row: row, lambda row: [row]])
def test_an_error_triple_is_an_error(stub, client, wrap):
    serve(stub, wrap({"Error_Code": "E", "Error_Description": "Invalid company", "Error_Column": "pCompany_Code"}))
    with pytest.raises(FixConfiguration, match="Invalid company"):
        list(client.read_vendors("1"))


@pytest.mark.parametrize("wrap", [lambda row: row, lambda row: {"response": [row]}])
def test_an_error_triple_as_writes_spell_it_is_an_error_too(stub, client, wrap):
    serve(stub, wrap({"error_code": "A", "desc": "Unknown authorization", "column": "Authorization_ID"}))
    with pytest.raises(Reauthenticate, match="error A: Unknown authorization"):
        list(client.read_vendors("1"))


def test_a_vendor_with_a_blank_code_is_given_out(stub, client):
    """Staging lists it; the others are not lost for it."""
    serve(stub, [VENDOR, {**VENDOR, "Vendor_Code": " "}, {"Company_Code": "1", "Name": "Acme"}])
    assert len(list(client.read_vendors("1"))) == 3


def test_a_row_of_blanks_and_zeros_is_no_vendor(stub, client):
    serve(stub, [{"Company_Code": " ", "Vendor_Code": "", "Payment_Term_Days": 0, "Discount_Percent": 0.00}])
    assert list(client.read_vendors("1")) == []


def test_the_words_of_a_refusal_are_told_from_a_list_as_well(stub, client):
    serve(stub, Reply(b'[{"error_code": "I", "desc": "no such company", "column": "pCompany_Code"}]', 400))
    with pytest.raises(StopSync, match="HTTP 400: no such company"):
        list(client.read_vendors("1"))


def test_basic_authentication_names_the_company_asked_for(stub, connect):
    serve(stub, [VENDOR])
    list(connect(company_login="9").read_vendors("1"))
    pair = base64.b64encode(f"1:{AUTHORIZATION_ID}".encode()).decode()
    assert stub.requests[0].headers["Authorization"] == f"Basic {pair}"


def test_the_pair_of_any_company_that_shares_the_connection_is_in_no_message(stub, connect):
    """A server that repeats the header it was sent: the pair decodes to the Authorization ID."""
    pair = base64.b64encode(f"2:{AUTHORIZATION_ID}".encode()).decode()
    stub.paths["/vendors/2"] = lambda _: Reply(
        json.dumps({"Error_Code": "E", "Error_Description": f"Basic {pair} is not known"}).encode(), 401
    )
    with pytest.raises(Reauthenticate) as caught:
        list(connect(company_login="1").read_vendors("2"))
    assert "is not known" in str(caught.value)
    assert pair not in str(caught.value)


def test_a_refused_login_says_what_login_and_password_are(stub, client):
    serve(stub, Reply(b'{"Error_Code": "E", "Error_Description": "Company and ID do not fit"}', 401))
    with pytest.raises(
        Reauthenticate,
        match=r"HTTP 401: Company and ID do not fit.*its login is the company code, its password the Authorization ID",
    ):
        list(client.read_vendors("1"))
