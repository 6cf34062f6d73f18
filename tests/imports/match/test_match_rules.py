"""What is suggested, what is exact and what is tied (N3, C1, C2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spectrum_etl.imports.match import Address, Party, Suggestion, Thresholds, suggest

BOULDER = Address("12 Main Street", "Boulder", "CO", "80301")
TAMPA = Address("6 Palm Ave", "Tampa", "FL", "33602")


def _found(vendors: list[Party], companies: list[Party], **thresholds: float) -> list[Suggestion]:
    return list(suggest(vendors, companies, Thresholds(**thresholds)))


def _one(vendor: dict[str, Any], company: dict[str, Any], **thresholds: float) -> Suggestion | None:
    found = _found([Party("V", **vendor)], [Party("1", **company)], **thresholds)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("vendor", "company"),
    [
        ("Acme Drywall", "ACME DRYWALL"),
        ("Acme Drywall", "  Acme   Drywall "),
        ("Acme Drywall.", '"Acme Drywall"'),
        ("Straße Bau", "STRASSE BAU"),
        ("Núñez Masonry", "NU\u0301N\u0303EZ MASONRY"),
    ],
)
def test_c2_a_name_is_exact_but_for_case_blanks_and_surrounding_punctuation(vendor: str, company: str) -> None:
    found = _one({"name": vendor}, {"name": company})
    assert found is not None
    assert (found.exact, found.tied, found.attributes) == (True, False, ("same name",))


@pytest.mark.parametrize(
    ("vendor", "company"),
    [
        ("Acme Drywall", "Acme Drywall, Inc."),
        ("Acme Drywall, Inc.", "Acme Drywall Inc"),
        ("Acme Drywall", "The Acme Drywall Company"),
        ("Pérez Masonry", "Perez Masonry"),
        ("Hall & Sons Flooring", "Hall and Sons Flooring"),
        ("Build Rite Homes", "BuildRite Homes"),
        ("Smith, John", "John Smith"),
        ("A.J.'s Electric", "AJs Elec."),
        ("Wolfe Bros Mech Svcs", "Wolfe Brothers Mechanical Services"),
        ("RDW Holdings d/b/a Aspen Door", "Aspen Door LLC"),
        ("Aspen Door", "RDW Holdings doing business as Aspen Door"),
        ("Kingston Group t/a Northway Scaffolding", "Northway Scaffolding Ltd"),
        ("Capital Htg & A/C", "Capital Heating and Air Conditioning"),
        ("Kennedy Partners II", "Kennedy Partners 2"),
    ],
)
def test_n3_the_same_name_otherwise_spelled_is_suggested_and_not_exact(vendor: str, company: str) -> None:
    found = _one({"name": vendor}, {"name": company})
    assert found is not None
    assert (found.exact, found.attributes) == (False, ("same name",))


@pytest.mark.parametrize(
    ("vendor", "company"),
    [
        ("Smith Electric", "Smith Electrical Supply"),
        ("Smith Electric", "Smith Plumbing"),
        ("ABC Paving North", "ABC Paving South"),
        ("Pioneer Sand - Denver", "Pioneer Sand - Boulder"),
        ("Plateau Lumber #7", "Plateau Lumber #9"),
        ("Kennedy Partners I", "Kennedy Partners II"),
        ("Keystone Lumber of Ohio", "Keystone Lumber of Indiana"),
        ("Carpenters Local 68", "Carpenters Local 86"),
        ("New Castle Paving", "Castle Rock Paving"),
        ("Morris Welding", "Norris Welding"),
        ("Acme", "Acme Plumbing"),
        ("", "Acme"),
        ("---", "..."),
        ("Inc", "Inc LLC of Ohio Supply"),
    ],
)
def test_n3_near_misses_are_not_suggested(vendor: str, company: str) -> None:
    assert _one({"name": vendor}, {"name": company}) is None


def test_n3_phone_email_and_address_are_compared_in_normal_forms() -> None:
    vendor = {"name": "Acme", "phone": "(303) 555-0142", "email": "AP@acmepl.example", "address": BOULDER}
    company = {
        "name": "Acme Plumbing",
        "phone": "+1 303.555.0142 x12",
        "email": "jobs@AcmePL.example",
        "address": Address("12 MAIN ST., Ste 200", "boulder", "Colorado", "80301-4411"),
    }
    found = _one(vendor, company)
    assert found is not None
    assert found.attributes == ("similar name", "same phone", "same e-mail domain", "same address")
    assert not found.exact


@pytest.mark.parametrize(
    ("vendor", "company"),
    [
        ("PO Box 12", "P.O. Box 12"),
        ("Post Office, Box #12", "p o box 12"),
        ("9 Elm Rd", "9 Elm Road"),
        ("Attn: Payables\n9 Elm Rd", "9 Elm Road\nSuite 4"),
    ],
)
def test_n3_an_address_counts_however_it_is_spelled(vendor: str, company: str) -> None:
    where = ("Dayton", "OH", "45402")
    one = {"name": "Acme Metals", "address": Address(vendor, *where)}
    other = {"name": "Acme Metals Inc", "address": Address(company, *where)}
    found = _one(one, other)
    assert found is not None
    assert found.attributes == ("same name", "same address")


def test_n3_the_domain_of_a_mail_provider_is_no_evidence() -> None:
    vendor = {"name": "Acme Plumbing", "phone": "303-555-0142", "email": "acme@gmail.com"}
    found = _one(vendor, {"name": "Acme Plumbing LLC", "phone": "303-555-0142", "email": "smith@GMail.com"})
    assert found is not None
    assert found.attributes == ("same name", "same phone")
    found = _one(vendor, {"name": "Acme Plumbing LLC", "email": "ACME@gmail.com"})
    assert found is not None
    assert found.attributes == ("same name", "same e-mail")


def test_n3_who_only_shares_an_office_is_not_suggested() -> None:
    reached = {"phone": "303-555-0142", "address": BOULDER}
    assert _one({"name": "Lakeside Drywall", **reached}, {"name": "Meridian Surveying", **reached}) is None


def test_n3_a_code_is_evidence() -> None:
    found = _found([Party("HYDROT", "Hydro Tech", "HYDROT")], [Party("1", "Hydro Lining", "hydrot ")])
    assert [one.attributes for one in found] == [("same code",)]


def test_c2_a_company_with_another_vendors_code_is_not_exact() -> None:
    vendors = [Party("PEAKEX", "Peak Exteriors", "PEAKEX"), Party("PEAKIN", "Peak Interiors", "PEAKIN")]
    company = Party("1", "Peak Exteriors", "peakin")
    assert not any(one.exact for one in _found(vendors, [company], suggest_from=0))
    assert [one.exact for one in _found(vendors, [Party("1", "Peak Exteriors", "OLDCODE")])] == [True]


@pytest.mark.parametrize("other", ["Acme Drywall", "ACME-DRYWALL", "Acme Dry Wall"])
def test_c2_where_another_has_the_name_nothing_is_exact(other: str) -> None:
    vendor, company = Party("V", "Acme Drywall"), Party("1", "Acme Drywall")
    assert [one.exact for one in _found([vendor], [company])] == [True]
    assert not any(one.exact for one in _found([vendor, Party("W", other)], [company]))
    assert not any(one.exact for one in _found([vendor], [company, Party("2", other, active=False)]))


def test_n3_what_is_linked_is_not_suggested_and_its_name_and_code_are_taken() -> None:
    vendor, company = Party("V", "Acme Drywall"), Party("1", "Acme Drywall")
    assert _found([vendor], [replace(company, linked=True)]) == []
    assert _found([replace(vendor, linked=True)], [company]) == []
    for vendors, companies in (
        ([vendor, Party("W", "ACME Drywall", linked=True)], [company]),
        ([vendor], [company, Party("2", "ACME Drywall", linked=True)]),
        ([vendor, Party("W", "Borealis", "BOREAL", linked=True)], [replace(company, code="BOREAL")]),
    ):
        assert [one.exact for one in _found(vendors, companies, suggest_from=0)] == [False]


def test_n3_two_of_the_same_score_are_tied_and_none_is_chosen() -> None:
    found = _found([Party("V", "Acme Drywall")], [Party("2", "Acme Drywall"), Party("1", "Acme Drywall")])
    assert [(one.record_id, one.tied, one.exact) for one in found] == [("1", True, False), ("2", True, False)]
    assert found[0].score == found[1].score
    found = _found([Party("V", "Acme Drywall"), Party("W", "Acme Drywall")], [Party("1", "Acme Drywall")])
    assert [(one.spectrum_key, one.tied) for one in found] == [("V", True), ("W", True)]


def test_n3_of_two_companies_of_one_name_the_one_that_agrees_in_more_is_suggested_alone() -> None:
    vendor = Party("V", "Acme Drywall", phone="303-555-0142")
    companies = [Party("1", "Acme Drywall"), Party("2", "Acme Drywall", phone="303 555 0142")]
    found = _found([vendor], companies)
    assert [(one.record_id, one.tied, one.exact) for one in found] == [("2", False, False)]


def test_n3_a_company_is_suggested_to_its_best_vendor_only() -> None:
    vendors = [Party("V", "Acme Drywall Services"), Party("W", "Acme Drywall")]
    found = _found(vendors, [Party("1", "Acme Drywall Inc")])
    assert [one.spectrum_key for one in found] == ["W"]


def test_n3_how_far_apart_tied_scores_are_is_a_setting() -> None:
    companies = [Party("1", "Acme Drywall"), Party("2", "Acme Drywall LLC")]
    assert [one.record_id for one in _found([Party("V", "Acme Drywall")], companies)] == ["1"]
    found = _found([Party("V", "Acme Drywall")], companies, tied_within=10)
    assert [(one.record_id, one.tied, one.exact) for one in found] == [("1", True, False), ("2", True, False)]


def test_n3_the_lowest_score_is_a_setting() -> None:
    vendor, company = {"name": "Smith Electric"}, {"name": "Smith Electrical Supply"}
    low = _one(vendor, company, suggest_from=0)
    assert low is not None
    assert _one(vendor, company, suggest_from=low.score) == low
    assert _one(vendor, company, suggest_from=low.score + 0.1) is None


def test_n3_inactive_companies_are_looked_at_too() -> None:
    found = _found([Party("V", "Acme Drywall")], [Party("1", "Acme Drywall", active=False)])
    assert [(one.record_id, one.exact) for one in found] == [("1", True)]


def test_n3_of_two_alike_the_one_of_the_same_company_form_is_suggested() -> None:
    vendors = [Party("INC", "Smith Electric Inc"), Party("LLC", "Smith Electric, Limited"), Party("X", "Unlike")]
    companies = [Party("1", "Smith Electric, Ltd."), Party("2", "Smith Electric, Incorporated")]
    found = _found(vendors, companies)
    assert [(one.spectrum_key, one.record_id, one.tied) for one in found] == [("INC", "2", False), ("LLC", "1", False)]


def test_n3_a_trade_name_kept_apart_is_a_name() -> None:
    company = {"name": "MTB Holdings II", "other_names": ("Greenleaf Irrigation",)}
    found = _one({"name": "Greenleaf Irrigation"}, company)
    assert found is not None
    assert (found.exact, found.attributes) == (False, ("same name",))


def test_c2_the_same_name_is_suggested_whatever_else_differs_but_exact_only_where_something_may_agree() -> None:
    vendor = {"name": "Sunrise Plumbing", "phone": "813-555-0150", "email": "ar@a.example", "address": BOULDER}
    found = _one(vendor, {**vendor, "phone": "520-555-0151", "email": "ap@b.example", "address": TAMPA})
    assert found is not None
    assert (found.exact, found.attributes) == (False, ("same name",))
    found = _one(vendor, {**vendor, "address": TAMPA})
    assert found is not None
    assert found.exact


def test_n3_a_branch_in_the_city_of_the_other_is_no_other_company() -> None:
    vendor = {"name": "Graham Tool Rental", "address": Address(None, "Omaha", "NE", "68102")}
    same = _one(vendor, {"name": "Graham Tool Rental - Omaha"}, suggest_from=0)
    other = _one(vendor, {"name": "Graham Tool Rental - Fargo"}, suggest_from=0)
    assert same is not None
    assert other is not None
    assert same.score > other.score
