"""Companies that become vendors: their rules, form and document (C1, C4-C6)."""

from typing import Any

import pytest

from spectrum_etl.exports.objects.vendors import OBJECT, alpha_sort
from spectrum_etl.exports.rules.vendors import normalised_name
from spectrum_etl.exports.spec import Candidate, RecordFilter
from spectrum_etl.model.record import RecordId
from tests.exports.objects.fakes import COMPANY, Links, Procore, Rules, Spectrum, candidate, context, numbers

rules = Rules(OBJECT)

FACTS = {
    "name": "Acme Drywall, LLC",
    "address": "12 Main Street\nSuite 4",
    "city": "Denver",
    "state": "CO",
    "zip": "80202",
    "phone": "(303) 555-0100",
    "fax": "+1 303-555-0101",
    "email": "office@acme.example",
    "active": True,
    "origin_id": "",
    "origin_code": "",
}
RECORD = {
    "id": 7,
    "name": "Acme Drywall, LLC",
    "address": "12 Main Street\nSuite 4",
    "city": "Denver",
    "state_code": "CO",
    "zip": "80202",
    "business_phone": "(303) 555-0100",
    "fax_number": "+1 303-555-0101",
    "email_address": "office@acme.example",
    "is_active": True,
    "origin_id": None,
}
ANSWERS = {"vendor_code": "ACME", "vendor_type": "SUB"}


def company(**changed: Any) -> Candidate:
    return candidate({**FACTS, **changed}, "Company Acme", project="")


def vendor(code: str, name: str) -> dict[str, str]:
    return {"Vendor_Code": code, "Vendor_Name": name, "Status": "I"}


def test_a_good_company_breaks_no_rule() -> None:
    spectrum = Spectrum(vendor_rows=[vendor("APEX", "Apex Drywall Inc")])
    broken = [one for rule in OBJECT.rules for one in rule(company(), context(spectrum))]
    broken += [one for rule in OBJECT.form_rules for one in rule(company(), ANSWERS, context(spectrum))]
    assert broken == []


def test_a_synced_company_is_not_exported_again() -> None:
    """C1."""
    assert numbers(rules.is_not_synced(company(origin_id="001:ACME"), context())) == ["C1"]
    links = Links({("vendors", "001", "7"): "ACME"})
    assert numbers(rules.is_not_synced(company(), context(links=links))) == ["C1"]


def test_an_inactive_company_stays() -> None:
    """C1."""
    assert numbers(rules.is_active(company(active=False), context())) == ["C1"]


@pytest.mark.parametrize("name", ["ACME DRYWALL", "Acme Drywall, L.L.C.", "acme-drywall inc", "Acme Drywall & Co."])
def test_a_vendor_of_the_same_name_is_linked_instead(name: str) -> None:
    """C5."""
    (broken,) = rules.no_vendor_has_that_name(company(), context(Spectrum(vendor_rows=[vendor("ACME01", name)])))
    assert broken.rule == "C5"
    assert "link instead" in broken.fix
    assert "ACME01" in broken.message


@pytest.mark.parametrize("name", ["Acme Drywall Supply", "Acme", "Drywall Acme LLC"])
def test_a_vendor_of_another_name_is_another(name: str) -> None:
    """C5."""
    assert not list(rules.no_vendor_has_that_name(company(), context(Spectrum(vendor_rows=[vendor("A", name)]))))


def test_names_are_compared_with_the_vendors_of_the_moment() -> None:
    """C5."""
    spectrum = Spectrum(vendor_rows=[])
    assert not list(rules.no_vendor_has_that_name(company(), context(spectrum)))
    spectrum.vendor_rows = [vendor("A", "Acme Drywall")]
    assert numbers(rules.no_vendor_has_that_name(company(), context(spectrum))) == ["C5"]


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Müller & Söhne GmbH", "muller and sohne"),
        ("The Company Inc.", "the"),
        ("Smith & Co.", "smith"),
        ("LLC", "llc"),
        ("O'Neil  Bros., Ltd.", "oneil bros"),
        ("", ""),
    ],
)
def test_normalised_names(name: str, normal: str) -> None:
    assert normalised_name(name) == normal


@pytest.mark.parametrize("name", ["", "---", "x" * 31])
def test_names_that_do_not_fit(name: str) -> None:
    """C1."""
    assert set(numbers(rules.name_fits(company(name=name), context()))) == {"C1"}


@pytest.mark.parametrize("name", ["x" * 30, "Acme, Drywall"])
def test_names_that_fit(name: str) -> None:
    """C1."""
    assert not list(rules.name_fits(company(name=name), context()))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "x" * 31}, "address line 1"),
        ({"address": "ok\n" + "x" * 31}, "address line 2"),
        ({"address": "1\n2\n3"}, "address"),
        ({"city": "x" * 26}, "city"),
        ({"state": "COL"}, "state"),
        ({"zip": "80202-12345"}, "zip code"),
    ],
)
def test_addresses_that_do_not_fit(changed: dict[str, str], field: str) -> None:
    """C1."""
    (broken,) = rules.address_fits(company(**changed), context())
    assert (broken.rule, broken.field) == ("C1", field)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phone": "303-555-0100 ext. 5"}, "phone"),
        ({"fax": "1" * 15}, "fax"),
        ({"email": f"{'x' * 80}@acme.example"}, "email"),
    ],
)
def test_contacts_that_do_not_fit(changed: dict[str, str], field: str) -> None:
    """C1."""
    (broken,) = rules.contact_fits(company(**changed), context())
    assert (broken.rule, broken.field) == ("C1", field)


@pytest.mark.parametrize("code", ["", "acme", "ACME-1", "ABCDEFGHIJK", "TAKEN"])
def test_vendor_codes_that_are_refused(code: str) -> None:
    """C6."""
    spectrum = Spectrum(vendor_rows=[vendor(" TAKEN ", "Other")])
    broken = rules.vendor_code_is_free(company(), {**ANSWERS, "vendor_code": code}, context(spectrum))
    assert numbers(broken) == ["C6"]


@pytest.mark.parametrize("kind", ["", "sub", "OTHER"])
def test_vendor_types_that_are_refused(kind: str) -> None:
    """C6."""
    broken = rules.vendor_type_is_known(company(), {**ANSWERS, "vendor_type": kind}, context())
    assert numbers(broken) == ["C6"]


def test_any_vendor_type_that_fits_where_the_settings_name_none() -> None:
    """C6."""
    free = context(vendor_types=[])
    assert not list(rules.vendor_type_is_known(company(), {"vendor_type": "ANY"}, free))
    assert numbers(rules.vendor_type_is_known(company(), {"vendor_type": "TOO LONG"}, free)) == ["C6"]


def test_the_form_asks_for_code_and_type() -> None:
    """C6."""
    code, kind = OBJECT.form(company(), context())
    assert (code.name, code.proposal, code.max_length) == ("vendor_code", "ACMEDRYWAL", 10)
    assert (kind.name, kind.proposal, kind.choices) == ("vendor_type", "SUB", ("SUB", "SUPPL"))
    taken = context(Spectrum(vendor_rows=[vendor("ACMEDRYWAL", "Other")]), vendor_types=[])
    assert [field.proposal for field in OBJECT.form(company(), taken)] == ["", ""]
    assert (
        "ACMEDRYWAL is taken: vendor code ACMEDRYWAL belongs to Other" in OBJECT.form(company(), taken)[0].description
    )


def test_a_code_cut_from_the_name_is_a_guess_that_a_person_looks_at() -> None:
    code, _ = OBJECT.form(company(), context())
    assert (code.proposal, code.guessed) == ("ACMEDRYWAL", True)
    assert code.description.endswith("The proposal is cut from the name: look at it.")
    whole, _ = OBJECT.form(company(name="Acme"), context())
    assert (whole.proposal, whole.guessed) == ("ACME", False)


@pytest.mark.parametrize(("types", "guessed"), [(("SUB",), False), (("SUB", "MAT"), True)])
def test_the_first_of_several_vendor_types_is_a_guess(types: tuple[str, ...], guessed: bool) -> None:
    _, kind = OBJECT.form(company(), context(vendor_types=types))
    assert (kind.proposal, kind.guessed) == ("SUB", guessed)


def test_the_document() -> None:
    """C5, C6."""
    document = OBJECT.document(company(), ANSWERS, context())
    assert document.as_json() == {
        "key": "ACME",
        "calls": [
            {
                "service": "AddVendor",
                "adds": True,
                "key": {"Company_Code": "001", "Vendor_Code": "ACME"},
                "fields": {
                    "Vendor_Name": "Acme Drywall LLC",
                    "Alpha_Sort": "ACMEDR",
                    "Type": "SUB",
                    "Address_1": "12 Main Street",
                    "Address_2": "Suite 4",
                    "Address_3": "Denver",
                    "State": "CO",
                    "Zip_Code": "80202",
                    "Phone": "3035550100",
                    "Fax_Phone": "3035550101",
                    "Terms_Code": "A",
                    "Terms_Days": "30",
                    "Terms_Disc_Code": "A",
                    "Vendor_Email": "office@acme.example",
                },
            }
        ],
    }


def test_never_an_ar_customer() -> None:
    """C5."""
    assert OBJECT.services == ("AddVendor",)


def test_what_vendors_are_sorted_by() -> None:
    assert alpha_sort("3-D & Sons") == "3DSONS"


def test_active_companies_without_vendor_are_collected() -> None:
    """C1, C3."""
    records = [RECORD, {**RECORD, "id": 8, "origin_id": "001:X"}, {**RECORD, "id": 9, "is_active": False}]
    found = list(OBJECT.collect(Procore({"/rest/v1.0/vendors": records}), COMPANY, RecordFilter()))  # type: ignore[arg-type]
    assert [(one.id, one.content) for one in found] == [(RecordId("001", "", "7"), FACTS)]


def test_companies_that_the_form_names_are_collected_whatever_they_are() -> None:
    inactive = {**RECORD, "id": 9, "is_active": False}
    client = Procore({"/rest/v1.0/vendors/9": inactive})
    found = list(OBJECT.collect(client, COMPANY, RecordFilter(records=("9", "10"))))  # type: ignore[arg-type]
    assert [one.id.record for one in found] == ["9"]


def test_a_company_that_is_gone_is_none() -> None:
    assert OBJECT.read(Procore({}), COMPANY, RecordId("001", "", "7")) is None  # type: ignore[arg-type]


def test_the_link_in_procore() -> None:
    client = Procore({})
    assert OBJECT.mark is not None
    assert OBJECT.unmark is not None
    OBJECT.mark(client, COMPANY, RecordId("001", "", "7"), "ACME")  # type: ignore[arg-type]
    OBJECT.unmark(client, COMPANY, RecordId("001", "", "7"))  # type: ignore[arg-type]
    ((_, path, (marked,)), (_, _, (cleared,))) = client.written
    assert path == "/rest/v1.0/vendors/sync"
    assert (marked["id"], marked["origin_id"], marked["origin_code"]) == (7, "001:ACME", "ACME")
    assert (cleared["origin_id"], cleared["origin_code"]) == (None, None)


def test_whether_spectrum_holds_a_vendor() -> None:
    spectrum = Spectrum(vendor_rows=[vendor("ACME", "Acme")])
    assert OBJECT.holds(spectrum, "ACME")
    assert not OBJECT.holds(spectrum, "OTHER")
