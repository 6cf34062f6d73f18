"""Values as Spectrum's services take them: refused where they do not fit, never rounded or cut."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import Unchanged, Value, call, comparable, format_value

AMOUNTS = st.decimals(min_value=-9999999999, max_value=9999999999, places=2)


@pytest.mark.parametrize(
    ("service", "element", "value", "sent"),
    [
        ("ARChangeRequest", "Sub_Amount", "-1200.5", "-1200.50"),
        ("ARChangeRequest", "Sub_Amount", Decimal("1E+3"), "1000.00"),
        ("ARChangeRequest", "Sub_Amount", "0.000", "0.00"),
        ("ARChangeRequest", "Sub_Amount", "-0", "0.00"),
        ("ARChangeRequest", "Sub_Amount", "-9999999999.99", "-9999999999.99"),
        ("ARChangeRequest", "Approved_Days", -12, "-12"),
        ("UpdateSubcontractPhases", "Unit_Price", "12.5", "12.5000"),
        ("UpdateSubcontract", "Retention_Percent", "10", "10.0"),
        ("UpdateSubcontract", "GL_Account", "4000-100", "4000100"),
        ("AddPhase", "Phase_Code", "03-100.10", "0310010"),
        ("AddPhase", "Original_Est_Cost", "123456789.01", "123456789.01"),
        ("AddVendor", "Vendor_Code", " acme1 ", "ACME1"),
        ("AddVendor", "Vendor_Name", "Acme, Inc.\n", "Acme Inc."),
        ("AddVendor", "Phone", "+1 (303) 555-0142", "3035550142"),
        ("AddVendor", "Phone", "555-0142", "5550142"),
        ("AddVendor", "Phone", "1 (303) 555-0142", "3035550142"),
        ("AddVendor", "Phone", "49 89-123456-7", "49 891234567"),
        ("AddVendor", "Phone", "+4533123456", "+4533123456"),
        ("AddVendor", "Phone", "+45 3312 3456", "+45 3312 3456"),
        ("AddVendor", "Phone", "(+45) 33123456", "(+45) 33123456"),
        ("AddVendor", "Phone", "+303 555 0142", "+303 555 0142"),
        ("AddVendor", "Phone", "+1 555-0142", "+1 5550142"),
        ("AddVendor", "Phone", "00453312345", "00453312345"),
        ("AddVendor", "Phone", "0045331234", "0045331234"),
        ("AddVendor", "Phone", "011-45331-234", "01145331234"),
        ("AddJob", "Est_Start_Date", datetime.date(2010, 1, 5), "01/05/2010"),
        ("AddJob", "Est_Start_Date", "2010-01-05T00:00:00Z", "01/05/2010"),
        ("AddJob", "Est_Start_Date", "2010-01-05 00:00:00.000", "01/05/2010"),
        ("AddJob", "Est_Start_Date", datetime.datetime(2010, 1, 5), "01/05/2010"),  # noqa: DTZ001  as a database has it
        ("AddJob", "Est_Start_Date", "01/05/2010", "01/05/2010"),
        ("AddJob", "Taxable_Flag", True, "Y"),
        ("AddJob", "City", None, ""),
        ("AddJob", "City", "  ", ""),
    ],
)
def test_values_are_written_as_the_services_take_them(service: str, element: str, value: Value, sent: str) -> None:
    assert format_value(service, element, value) == sent


@pytest.mark.parametrize(
    ("service", "element", "value", "message"),
    [
        ("ARChangeRequest", "Sub_Amount", "1.005", "too many decimals"),
        ("ARChangeRequest", "Sub_Amount", "10000000000", "too large"),
        ("ARChangeRequest", "Sub_Amount", "12,5", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "NaN", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "1_000", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "１２", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "1e999999999", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "1e-999999999", "not a number"),
        ("ARChangeRequest", "Sub_Amount", "1e30", "too large"),
        ("ARChangeRequest", "Sub_Amount", "1e-30", "too many decimals"),
        (
            "AddVendor",
            "Phone",
            "+45 33 12 34 56",
            "with a country code is sent as it is, and this one is too long by 1",
        ),
        (
            "AddVendor",
            "Phone",
            "0045 33 12 34 56",
            "with a country code is sent as it is, and this one is too long by 2",
        ),
        ("AddJob", "Est_Start_Date", "2010-01-05T23:30:00Z", "a point in time, not a day"),
        ("AddJob", "Est_Start_Date", "2010-01-05T00:00:00-07:00", "a point in time, not a day"),
        ("AddJob", "Est_Start_Date", datetime.datetime(2010, 1, 5, 23, 30), "a point in time"),  # noqa: DTZ001
        ("ARChangeRequest", "Change_Request_Number", "123456789", "too long by 1"),
        ("AddPhase", "Original_Est_Cost", "-123456789.01", "too long by 1"),
        ("AddVendor", "Terms_Days", "-1", "negative"),
        ("AddVendor", "Terms_Code", "C", "does not know this value"),
        ("AddVendor", "Vendor_Code", "A-1", "letters and digits"),
        ("AddJob", "Job_Description", "x" * 26, "too long by 1"),
        ("AddJob", "Job_Description", "\x07", "cannot be sent"),
        ("AddJob", "Est_Start_Date", "2026-02-30", "not a date"),
        ("AddJob", "Est_Start_Date", "0001-01-01", "not a date"),
        ("UpdateSubcontract", "GL_Account", "4000A", "digits"),
    ],
)
def test_values_that_do_not_fit_are_refused(service: str, element: str, value: Value, message: str) -> None:
    with pytest.raises(FixRecord, match=message) as caught:
        format_value(service, element, value, record="subcontract ACME/S-1")
    for part in (service, element, "subcontract ACME/S-1", "allowed:", "What to do:"):
        assert part in str(caught.value)


def test_b2_spectrums_own_text_goes_back_as_it_is_held() -> None:
    """A phase's description is sent with every new cost type and estimate, and renames all of the phase."""
    assert format_value("AddPhase", "Description", Unchanged("Walls  and  doors ")) == "Walls  and  doors"
    assert format_value("AddPhase", "Description", "Walls  and\ndoors ") == "Walls and doors"


def test_floats_are_no_money() -> None:
    with pytest.raises(TypeError):
        format_value("ARChangeRequest", "Sub_Amount", 1.5)  # type: ignore[arg-type]


def test_a_call_has_key_and_fields_and_nothing_blank() -> None:
    made = call(
        "ARChangeRequest",
        {
            "Company_Code": "1",
            "Job_Number": "24-404",
            "Customer_Code": "owner",
            "Change_Request_Number": "CO-1",
            "CR_Status": "AP",
            "CR_Phase_Code": "03-100",
            "CR_Cost_Type": "S",
            "Change_Request_Amount": "10",
            "Sub_Description": "",
        },
        adds=True,
    )
    assert made.key == {
        "Company_Code": "1",
        "Job_Number": "24-404",
        "Customer_Code": "OWNER",
        "Change_Request_Number": "CO-1",
        "CR_Phase_Code": "03100",
        "CR_Cost_Type": "S",
    }
    assert made.fields == {"CR_Status": "AP", "Change_Request_Amount": "10.00"}


def test_what_spectrum_needs_has_to_be_there() -> None:
    """A number that Spectrum would choose cannot be looked up after a lost answer."""
    values = {"Company_Code": "1", "Job_Number": "24-404", "Customer_Code": "OWNER"}
    with pytest.raises(FixRecord, match="Change_Request_Number"):
        call("ARChangeRequest", values, adds=True)
    subcontract = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "S-1"}
    with pytest.raises(FixRecord, match="Job_Number"):
        call("UpdateSubcontract", subcontract, adds=True)
    assert call("UpdateSubcontract", subcontract, adds=False).fields == {}
    with pytest.raises(FixRecord, match="Company_Code"):
        call("JobCostProjections", {}, adds=False)


@pytest.mark.parametrize(
    ("service", "element", "sent", "read"),
    [
        ("AddVendor", "Vendor_Name", "Acme Inc.", " Acme  Inc.   "),
        ("AddVendor", "Phone", "3035550142", "(303) 555-0142"),
        ("AddVendor", "Phone", "+4533123456", "+45 33 12 34 56"),
        ("UpdateVendor", "Terms_Days", "30", "30"),
        ("AddPhase", "Original_Est_Cost", "0.00", None),
        ("AddPhase", "Original_Est_Cost", "1200.50", "1200.5000"),
        ("UpdateSubcontract", "Date_Issued", "09/03/2026", "2026-09-03"),
        ("ARChangeRequest", "Subcontractor_Code", "ACME", "      acme"),
    ],
)
def test_what_was_sent_equals_what_is_read_back(service: str, element: str, sent: str, read: str | None) -> None:
    assert comparable(service, element, sent) == comparable(service, element, read)


@pytest.mark.parametrize(("sent", "read"), [("1200.50", "1200.505"), ("1.00", None), ("-1.00", "1.00")])
def test_amounts_that_differ_stay_different(sent: str, read: str | None) -> None:
    assert comparable("ARChangeRequest", "Sub_Amount", sent) != comparable("ARChangeRequest", "Sub_Amount", read)


def test_a5_a_number_from_abroad_is_none_of_spectrums_ten_digits() -> None:
    """`+45 33 12 34 56` used to become the American 453 312 3456, and to be confirmed as that."""
    sent, american = comparable("AddVendor", "Phone", "+45 33 12 34 56"), comparable("AddVendor", "Phone", "4533123456")
    assert sent != american


@given(st.from_regex(r"\+?[0-9 ()./-]{0,18}", fullmatch=True))
def test_a5_a_phone_number_loses_nothing_but_punctuation_and_the_country_code_of_ten_digits(phone: str) -> None:
    try:
        sent = format_value("AddVendor", "Phone", phone)
    except FixRecord:
        return
    digits = [re.sub(r"[^0-9]", "", text) for text in (phone, sent)]
    if digits[0] != digits[1]:
        assert digits[0] == f"1{digits[1]}"
        assert len(digits[1]) == 10
    elif "+" in phone:
        assert "+" in sent


@given(AMOUNTS)
def test_an_amount_survives_the_way_there_and_back(amount: Decimal) -> None:
    sent = format_value("ARChangeRequest", "Sub_Amount", amount)
    assert Decimal(sent) == amount
    assert comparable("ARChangeRequest", "Sub_Amount", f"{amount:.4f}") == comparable(
        "ARChangeRequest", "Sub_Amount", sent
    )


@given(st.text(max_size=40))
def test_a_text_is_sent_whole_or_refused(text: str) -> None:
    try:
        sent = format_value("AddJob", "Job_Description", text)
    except FixRecord:
        return
    assert sent == " ".join(text.split())
    assert len(sent) <= 25


def test_every_key_is_an_element_with_a_limit() -> None:
    for service in SERVICES.values():
        for element in service.elements.values():
            assert element.length > 0
            assert element.limit
        assert set(service.key) <= set(service.elements)


@pytest.mark.parametrize("text", ["Łódź Masonry", "東京 Steel", "Wien → Linz"])
def test_characters_that_spectrum_would_store_as_question_marks_are_refused(text: str) -> None:
    with pytest.raises(FixRecord, match="would store question marks"):
        format_value("AddVendor", "Vendor_Name", text)


@pytest.mark.parametrize("text", ["Peña & Søn", "Müller – Süd", "“Café” €5"])
def test_characters_of_western_europe_are_sent(text: str) -> None:
    assert format_value("AddVendor", "Vendor_Name", text) == text
