"""O1, M4: the same rows under the names of a hosted site, of an older one, and where only certain names are shown.

What a site does not show is not compared, says so before it is exported (DESIGN 5), and keeps nothing else from being.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg
import pytest

from sandbox.data import layouts
from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.document import Call, Document
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.compare import holds_it, unread_note
from spectrum_etl.exports.spectrum.values import call
from spectrum_etl.sources.company import Sources
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from tests.exports.spectrum.conftest import COMPANY, Add

JOB = "24-404"
STORED = {"Job_Number": JOB, "Customer_Code": "OWNER", "Change_Request_Number": "CO-7"}
SIDE = {"Job_Number": JOB, "Change_Request_Number": "CO-7", "Vendor_Code": "ACME", "Subcontract_Number": "SC-1"}
HEADER = {"Company_Code": "1", **STORED, "CR_Description": "More concrete", "CR_Status": "AP"}
Show = Callable[[str], Spectrum]


@pytest.fixture
def show(served: tuple[psycopg.Connection, InfoLinkConnection], database: psycopg.Connection) -> Iterator[Show]:
    """Lets Info-Link show a layout until the test ends; gives a Spectrum over it."""
    opened: list[Sources] = []

    def shown(layout: str, company: str = "1") -> Spectrum:
        layouts.show(database, layout, company)
        opened.append(Sources(COMPANY, infolink=served[1]))
        return Spectrum(COMPANY, opened[-1])

    yield shown
    for sources in opened:
        sources.__exit__(None, None, None)
    layouts.show(database, "hosted")


@pytest.fixture
def request_of_three_sides(add: Add) -> None:
    """A change request with a cost line that changes a subcontract, and a revenue line."""
    day = datetime.datetime(2026, 9, 3)  # noqa: DTZ001  SQL Server's datetime has no zone
    add("CR_CHNG_REQ_HDR_MC", **STORED, CR_Description="More concrete", Status="AP", Origination_Date=day)
    add("CR_CHNG_REQ_STATUS_MC", Status_Code="AP", Description="Approved", CR_Type="1")
    line = {"Phase_Code": "03100", "Cost_Type": "S"}
    add("CR_CHNG_REQ_CON_DET_MC", **STORED, **line, Change_Request_Amount=Decimal("250.25"))
    add("VN_CHNG_REQ_SUB_HDR", **SIDE, Sub_Status="E", Sub_Change_Order_Number="CO-7")
    add("VN_CHNG_REQ_SUB_DET", **SIDE, **line, Sub_Amount=Decimal("240.00"))
    add("VN_CHNG_REQ_SUB_HDR", **{**SIDE, "Change_Request_Number": "S-9"}, Sub_Status="P")
    add("CR_CHNG_REQ_REV_MC", **STORED, Billing_Item="10", CR_Revenue=Decimal("300.00"))
    add("CR_BID_ITEM_DES_MC", Customer_Code="OWNER", Job_Number=JOB, Billing_Item="10", Original_Contract=Decimal(5000))
    add("CR_BID_ITEM_DES_MC", Customer_Code="OWNER", Job_Number=JOB, Billing_Item="20", Original_Contract=Decimal(100))
    add(
        "JC_JOB_MASTER_MC",
        Job_Number=JOB,
        Job_Description="River Tower",
        Status_Code="A",
        Original_Contract=Decimal(5150),
    )


def cost_line(**changed: str) -> Call:
    """The call that writes cost and subcontract."""
    values = {
        **HEADER, "CR_Phase_Code": "03100", "CR_Cost_Type": "S", "Change_Request_Amount": "250.25",
        "Subcontractor_Code": "ACME", "Subcontract_Number": "SC-1", "Sub_Amount": "240", "Sub_Status": "E",
        "Sub_Change_Order_Number": "CO-7", **changed,
    }  # fmt: skip
    return call("ARChangeRequest", values, adds=True)


def revenue_line(**changed: str) -> Call:
    """The call that writes revenue."""
    return call("ARChangeRequest", {**HEADER, "CR_Billing_Item_Code": "10", "CR_Revenue": "300", **changed}, adds=True)


def current_values(spectrum: Spectrum, sent: Call) -> dict[str, str] | None:
    return spectrum.current_values(sent.service, sent.key)


@pytest.mark.usefixtures("request_of_three_sides")
@pytest.mark.parametrize("layout", ["hosted", "aliases"])
def test_change_requests_under_every_name(show: Show, layout: str) -> None:
    spectrum = show(layout)
    cost, revenue = cost_line(), revenue_line()
    assert holds_it(cost, current_values(spectrum, cost))
    assert holds_it(revenue, current_values(spectrum, revenue))
    for other in (cost_line(CR_Status="PE"), cost_line(Sub_Amount="1"), revenue_line(CR_Revenue="1")):
        assert not holds_it(other, current_values(spectrum, other))
    assert current_values(spectrum, cost_line(CR_Phase_Code="03200")) is None
    assert spectrum.change_request_numbers(JOB) == {"CO-7", "S-9"}
    assert spectrum.status_codes() == {"AP"}
    items = spectrum.billing_items(JOB)
    assert items is not None
    assert {code: item["Original_Contract"] for code, item in items.items()} == {"10": "5000.00", "20": "100.00"}
    assert spectrum.original_contract(JOB) == "5100.00"
    assert spectrum.unread(cost) == spectrum.unread(revenue) == []
    assert unread_note(Document("x", (cost, revenue)), spectrum) is None


@pytest.mark.usefixtures("request_of_three_sides")
def test_what_is_only_assumed_stops_nothing_else(show: Show) -> None:
    """DESIGN 5: header and cost side are compared; the others are told before the record is exported."""
    spectrum = show("bare")
    cost, revenue = cost_line(), revenue_line()
    found = current_values(spectrum, cost)
    assert found is not None
    assert holds_it(cost, found)
    assert (found["CR_Status"], found["Change_Request_Amount"]) == ("AP", "250.25")
    assert not found.keys() & {"Sub_Amount", "Sub_Status", "CR_Description"}
    assert current_values(spectrum, cost_line(CR_Phase_Code="03200")) is None
    wrong = cost_line(Change_Request_Amount="1")
    assert not holds_it(wrong, current_values(spectrum, wrong))
    assert spectrum.unread(cost) == ["CR_Description", "Sub_Amount", "Sub_Change_Order_Number", "Sub_Status"]

    assert spectrum.can_read_back("ARChangeRequest")
    assert spectrum.can_read_back("ARChangeRequest", cost.key)
    assert not spectrum.can_read_back("ARChangeRequest", revenue.key)
    with pytest.raises(ValueError, match="ARChangeRequest cannot be read back"):
        current_values(spectrum, revenue)
    assert spectrum.all_current_values([cost, revenue]) == [found, None]
    assert unread_note(Document("x", (cost, revenue)), spectrum) == (
        "what ARChangeRequest wrote cannot be read back; CR_Description, Sub_Amount, Sub_Change_Order_Number, "
        "Sub_Status of ARChangeRequest cannot be read back here, so it was not compared"
    )

    assert spectrum.change_request_numbers(JOB) == {"CO-7"}
    assert spectrum.status_codes() == {"AP"}
    assert spectrum.billing_items(JOB) is None
    assert spectrum.original_contract(JOB) == "5150.00", "the job's own"


@pytest.mark.usefixtures("request_of_three_sides")
def test_a_half_shown_side_is_compared_as_far_as_it_goes(show: Show, database: psycopg.Connection) -> None:
    spectrum = show("bare")
    database.execute(
        'create view shown."VN_CHNG_REQ_SUB_DET" as select "Company_Code", "Job_Number", "Change_Request_Number",'
        ' "Vendor_Code", "Subcontract_Number", "Phase_Code", "Cost_Type" from dbo."VN_CHNG_REQ_SUB_DET"'
    )
    sent = cost_line()
    assert spectrum.unread(sent) == ["CR_Description", "Sub_Amount", "Sub_Change_Order_Number", "Sub_Status"]
    assert holds_it(sent, current_values(spectrum, sent))
    database.execute('create view shown."CR_BID_ITEM_DES" as select "Company_Code", "Job_Number", "Original_Contract"'
                     ' from dbo."CR_BID_ITEM_DES_MC"')  # fmt: skip
    database.execute('drop view shown."CR_BID_ITEM_DES_MC"')
    assert spectrum.billing_items(JOB) is None
    assert spectrum.original_contract(JOB) == "5100.00", "added up, though nobody can tell the items apart"


@pytest.mark.usefixtures("request_of_three_sides")
def test_a_status_that_cannot_be_read_is_not_checked(show: Show, database: psycopg.Connection) -> None:
    spectrum = show("bare")
    database.execute('alter view shown."CR_CHNG_REQ_STATUS_MC" rename column "Status_Code" to "Code"')
    assert spectrum.status_codes() == set()


def test_the_template_jobs_taxable_flag_is_read(show: Show, add: Add) -> None:
    """D2."""
    add("JC_JOB_MASTER_MC", Job_Number="TEMPLATE", Job_Description="Template", Status_Code="I", Taxable_Flag="Y")
    for layout in layouts.LAYOUTS:
        job = show(layout).job("TEMPLATE")
        assert job is not None
        assert job["Taxable_Flag"] == "Y"


def test_a_view_of_another_company_proves_nothing(show: Callable[..., Spectrum], add: Add) -> None:
    """An absent subcontract is written by an upsert: absent from another company's rows it may still be there."""
    key = {"Vendor_Code": "ACME", "Subcontract_Number": "SC-1"}
    add("VN_SUBCONTRACT_MC", Vendor_Code="OTHER", Subcontract_Number="SC-2")
    add("VN_SUBCONTRACT_MC", Company_Code="2", Vendor_Code="ACME", Subcontract_Number="SC-1")
    assert show("hosted").current_values("UpdateSubcontract", key) is None
    assert show("aliases").current_values("UpdateSubcontract", key) is None
    with pytest.raises(
        FixConfiguration, match="Info-Link shows VN_SUBCONTRACT, which holds the rows of one company only"
    ):
        show("aliases", "2").current_values("UpdateSubcontract", key)
