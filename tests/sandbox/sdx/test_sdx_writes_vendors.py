"""AddVendor and UpdateVendor by raw envelopes: what they refuse, what they write, what the reads show of it."""

import re

import pytest
import requests

from sandbox.data.tables import tables
from sandbox.sdx.server import SdxServer
from tests.sandbox.sdx.raw_soap import DEMO, INACTIVE, LIMITED
from tests.sandbox.sdx.raw_writes import VENDOR, Query, Writer


def listed(server: SdxServer, code: str) -> dict[str, object]:
    """The vendor as the REST list gives it."""
    vendors = requests.get(f"{server.url}/vendors/1", auth=("1", DEMO), timeout=10).json()["vendors"]
    (found,) = [vendor for vendor in vendors if vendor["Vendor_Code"].strip() == code]
    return dict(found)


def stored(query: Query, code: str) -> dict[str, object]:
    columns = [column.name for column in tables()["VN_VENDOR_MASTER_MC"].columns]
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f"""SELECT {names} FROM "VN_VENDOR_MASTER_MC" WHERE btrim("Company_Code") = '1'
                    AND btrim("Vendor_Code") = %s"""  # noqa: S608
    (row,) = query(statement, code)
    return dict(zip(columns, row, strict=True))


def test_wsdl_declares_every_element_in_documented_order(writer: Writer) -> None:
    names = writer.names("AddVendor")
    assert names[:6] == ["Authorization_ID", "GUID", "Company_Code", "Vendor_Code", "Vendor_Name", "Alpha_Sort"]
    assert names[names.index("Address_2") + 1] == "Address_3"
    assert names[-20:] == [f"UDF{number}" for number in range(1, 21)]
    assert [name for name in names if name.startswith("GL_Distribution")] == [
        f"GL_Distribution_Acct_List{number}" for number in range(1, 11)
    ]
    update = writer.names("UpdateVendor")
    assert update[update.index("Address_2") + 1] == "City"
    assert update.index("Routing_Limit") < update.index("Routing_Code2")


def test_missing_element_is_a_fault_and_nothing_is_noted(writer: Writer, query: Query) -> None:
    writer.order["AddVendor"] = [name for name in writer.names("AddVendor") if name != "Fax_Phone"]
    answer = writer.raw("AddVendor", Vendor_Code="NOFAX", **VENDOR)
    assert answer.status_code == 500
    assert "Fax_Phone of AddVendor is missing" in answer.text
    assert query("SELECT count(*) FROM sandbox.writes WHERE parameters->>'Vendor_Code' = 'NOFAX'") == [(0,)]


def test_new_vendor_is_active_padded_and_read_back(server: SdxServer, writer: Writer, query: Query) -> None:
    extra = {
        "Address_1": "1 Main St.", "Address_3": "Columbus", "State": "OH", "Zip_Code": "43004", "Phone": "(614)5550123",
        "Contact_Name": "Ana de Soto", "Our_Account_Number": "AC-77", "Terms_Disc_Days": "10",
        "Terms_Disc_Percent": "2.25", "Insurance_Exp_Date": "03/31/2027", "Type": "SUB",
        "Vendor_Email": "office@ortega.example", "Social_Sec_Number": "900112222",
    }  # fmt: skip
    writer.done("AddVendor", Vendor_Code="ORTE900", **VENDOR, **extra)
    row = stored(query, "ORTE900")
    assert (row["Company_Code"], row["Vendor_Code"], row["Status"]) == ("  1", "   ORTE900", "A")
    assert (row["Address_3"], row["Terms_Days"], row["Hold_Flag"]) == ("Columbus", 30, "N")
    assert str(row["Insurance_Exp_Date"]) == "2027-03-31 00:00:00"
    read = listed(server, "ORTE900")
    assert (read["Name"], read["City"], read["First_Name"], read["Last_Name"]) == (
        "Ortega Masonry", "Columbus", "Ana", "de Soto",
    )  # fmt: skip
    assert (read["Account_Reference"], read["Discount_Term_Days"], read["Discount_Percent"]) == ("AC-77", 10, 2.25)
    told = query("SELECT parameters FROM sandbox.writes WHERE parameters->>'Vendor_Code' = 'ORTE900'")
    assert len(told) == 1
    assert "900112222" not in str(told), "M9: personal data is not written down"
    assert DEMO not in str(told)
    assert "900112222" not in requests.get(f"{server.url}/_sandbox/calls", timeout=10).text


def test_every_bad_element_has_its_record(writer: Writer) -> None:
    values = VENDOR | {"Vendor_Name": "Ortega, Sons", "Alpha_Sort": "", "Terms_Code": "C", "Terms_Days": "-5"}
    wrong = writer.refused("AddVendor", Vendor_Code="TOOLONGCODE", State="OHIO", Hold_Flag="X", **values)
    assert wrong == {
        "Vendor_Code": "I", "Vendor_Name": "I", "Alpha_Sort": "M", "Terms_Code": "I", "Terms_Days": "I", "State": "I",
        "Hold_Flag": "I",
    }  # fmt: skip
    response = writer.raw("AddVendor", Vendor_Code="")
    assert response.status_code == 200
    shape = re.search(r"<nis:AddVendorResponse [^>]*><returnArray><returnData><response><(\w+)>", response.text)
    assert shape
    assert shape.group(1) == "error_code"


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"Vendor_Code": "ortega"}, "Vendor_Code"),
        ({"Vendor_Code": "OR-TEGA"}, "Vendor_Code"),
        ({"Vendor_Code": "OR,TEGA"}, "Vendor_Code"),
        ({"Terms_Days": "3.5"}, "Terms_Days"),
        ({"Terms_Days": "30d"}, "Terms_Days"),
        ({"Terms_Disc_Percent": "1e2"}, "Terms_Disc_Percent"),
        ({"Terms_Disc_Percent": "1.255"}, "Terms_Disc_Percent"),
        ({"Phone": "614-555-012"}, "Phone"),
        ({"Insurance_Exp_Date": "2027-03-31"}, "Insurance_Exp_Date"),
        ({"Insurance_Exp_Date": "02/30/2027"}, "Insurance_Exp_Date"),
        ({"Insurance_Exp_Date": "3/31/2027"}, "Insurance_Exp_Date"),
        ({"Hold_Flag": "y"}, "Hold_Flag"),
        ({"Default_GL_Account": "50-100"}, "Default_GL_Account"),
        ({"UDF3": "x"}, "UDF3"),
        ({"Social_Sec_Number": "900112222", "Fed_Id_Number": "12345"}, "Fed_Id_Number"),
        ({"GL_Distribution_Acct_List1": "5010"}, "GL_Distrib_Percent_List1"),
        ({"GL_Distribution_Acct_List1": "5010", "GL_Distrib_Percent_List1": "99.5"}, "GL_Distrib_Percent_List1"),
    ],
)
def test_formats_and_rules(writer: Writer, given: dict[str, str], column: str) -> None:
    code = "M" if given.keys() == {"GL_Distribution_Acct_List1"} else "I"
    assert writer.refused("AddVendor", **(VENDOR | {"Vendor_Code": "FORMATS"} | given)) == {column: code}


def test_a_code_is_given_once(writer: Writer, query: Query) -> None:
    writer.done("AddVendor", Vendor_Code="TWICE1", **VENDOR)
    assert "already exists" in writer.says("AddVendor", Vendor_Code="TWICE1", **VENDOR)
    writer.done("AddVendor", Vendor_Code="TWICE1", **(VENDOR | {"Company_Code": "2"}))
    journal = query("SELECT accepted FROM sandbox.writes WHERE parameters->>'Vendor_Code' = 'TWICE1' ORDER BY id")
    assert journal == [(True,), (False,), (True,)]


def test_update_leaves_what_is_blank(server: SdxServer, writer: Writer, query: Query) -> None:
    writer.done("AddVendor", Vendor_Code="CHANGE1", Address_3="Lima", Phone="6145550100", **VENDOR)
    writer.done("UpdateVendor", Vendor_Code="CHANGE1", City="Toledo", Terms_Disc_Days="5")
    row = stored(query, "CHANGE1")
    assert (row["Address_3"], row["Phone"], row["Vendor_Name"]) == ("Toledo", "6145550100", "Ortega Masonry")
    assert listed(server, "CHANGE1")["Discount_Term_Days"] == 5
    writer.done("UpdateVendor", Vendor_Code="CHANGE1", Status="I")
    assert stored(query, "CHANGE1")["Status"] == "I"


def test_update_refuses_the_unknown_and_a_way_of_payment_without_an_account(writer: Writer) -> None:
    assert "not on file" in writer.says("UpdateVendor", Vendor_Code="NOBODY", City="Lima")
    assert writer.refused("UpdateVendor", Vendor_Code="") == {"Vendor_Code": "M"}
    writer.done("AddVendor", Vendor_Code="PAYME", **VENDOR)
    wrong = writer.refused("UpdateVendor", Vendor_Code="PAYME", Vendor_Status="E", ABA_Number="123")
    assert wrong == {"Checking_Account_Code": "M", "Account_Type": "M"}
    wrong = writer.refused("UpdateVendor", Vendor_Code="PAYME", Vendor_Status="V", State="OH")
    assert wrong == {"Address_1": "M", "City": "M", "Zip_Code": "M"}


def test_access_is_by_service_company_and_status_of_the_id(server: SdxServer, writer: Writer) -> None:
    """A3: code A names the Authorization ID."""
    for authorization in ("WRONG", INACTIVE, LIMITED):
        other = Writer(server.url, authorization)
        assert other.refused("AddVendor", Vendor_Code="ACCESS", **VENDOR) == {"Authorization_ID": "A"}
    assert writer.refused("AddVendor", Vendor_Code="ACCESS", **(VENDOR | {"Company_Code": "9"})) == {
        "Company_Code": "A"
    }
    server.switches.set("sdx_service_off", "AddVendor")
    assert writer.refused("AddVendor", Vendor_Code="ACCESS", **VENDOR) == {"Authorization_ID": "A"}


def test_characters_the_code_page_lacks_are_lost(writer: Writer, query: Query) -> None:
    writer.done("AddVendor", Vendor_Code="CODEPAGE", **(VENDOR | {"Vendor_Name": "Łódź Café"}))
    assert stored(query, "CODEPAGE")["Vendor_Name"] == "?ód? Café"
