"""Writing calls by hand-written envelopes, elements in the order of the WSDL the server gives."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import requests
from lxml import etree

from tests.sandbox.sdx.raw_soap import DEMO, NAMESPACE, SOAP

Query = Callable[..., list[tuple[Any, ...]]]
Record = tuple[str, str, str]


@dataclass
class Writer:
    """Writes of one server under one Authorization ID; elements that are not given are empty."""

    url: str
    authorization: str = DEMO
    order: dict[str, list[str]] = field(default_factory=dict)

    def names(self, service: str) -> list[str]:
        """Return the elements of a service in the order of its WSDL."""
        if service not in self.order:
            text = requests.get(f"{self.url}/wsdls/{service}.jws", timeout=10).text
            sequence = text.partition("<xsd:sequence>")[2].partition("</xsd:sequence>")[0]
            self.order[service] = re.findall(r"<xsd:element name='(\w+)'", sequence)
        return self.order[service]

    def raw(self, service: str, timeout: float = 20, **given: str) -> requests.Response:
        """Make a call and return the HTTP answer."""
        unknown = given.keys() - set(self.names(service))
        assert not unknown, unknown
        values = {"Authorization_ID": self.authorization} | given
        elements = "".join(f"<{name}>{escape(values.get(name, ''))}</{name}>" for name in self.names(service))
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
            f'<{service} xmlns="{NAMESPACE}">{elements}</{service}></soap:Body></soap:Envelope>'
        )
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f"{self.url}/ws/{service}"}
        return requests.post(f"{self.url}/ws/{service}", data=body.encode(), headers=headers, timeout=timeout)

    def records(self, service: str, **given: str) -> list[Record]:
        """Make a call that is answered and return code, description and column of each record."""
        response = self.raw(service, **given)
        assert response.status_code == 200, response.text
        root = etree.fromstring(response.content)
        names = ("error_code", "desc", "column")
        return [tuple(record.findtext(name) or "" for name in names) for record in root.iter("response")]  # type: ignore[misc]

    def done(self, service: str, **given: str) -> list[Record]:
        """Make a call that must be accepted."""
        records = self.records(service, **given)
        assert {record[0] for record in records} <= {"", "G"}, records
        return records

    def refused(self, service: str, **given: str) -> dict[str, str]:
        """Make a call that must be refused and return the code of each column at fault."""
        records = self.records(service, **given)
        assert records
        assert {record[0] for record in records} <= {"A", "I", "M"}, records
        assert len({record[2] for record in records}) == len(records), "one record an element"
        return {column: code for code, _, column in records}

    def says(self, service: str, **given: str) -> str:
        """Make a call that must be refused for one reason and return its words."""
        (record,) = self.records(service, **given)
        assert record[0] in {"A", "I", "M"}
        return record[1]


VENDOR = {
    "Company_Code": "1", "Vendor_Name": "Ortega Masonry", "Alpha_Sort": "ORTEGA", "Terms_Code": "A",
    "Terms_Days": "30", "Terms_Disc_Code": "A",
}  # fmt: skip
JOB = {"Company_Code": "1", "Taxable_Flag": "Y", "Price_Method_Code": "F"}
PHASE = {"Company_Code": "1", "Price_Method_Code": "J"}


@dataclass
class Site:
    """A job of company 1 made for one test, with its customer."""

    writer: Writer
    job: str
    customer: str = "C1003"

    @property
    def key(self) -> dict[str, str]:
        """Company and job."""
        return {"Company_Code": "1", "Job_Number": self.job}

    def build(self, contract: str = "100000.00", **given: str) -> "Site":
        """Make the job and its contract."""
        values = {"Job_Number": self.job, "Customer_Code": self.customer, "Original_Contract": contract}
        self.writer.done("AddJob", **JOB, **(values | given))
        return self

    def phase(self, code: str, cost_type: str, cost: str = "1000.00", **given: str) -> None:
        """Give the job a phase and cost type."""
        values = {"Job_Number": self.job, "Phase_Code": code, "Cost_Type": cost_type, "Original_Est_Cost": cost}
        self.writer.done("AddPhase", **PHASE, **(values | {"Description": "Some phase"} | given))

    def subcontract(self, vendor: str, number: str, **given: str) -> None:
        """Give the job a subcontract."""
        values = {"Vendor_Code": vendor, "Subcontract_Number": number, "GL_Account": "5010000"}
        self.writer.done("UpdateSubcontract", **self.key, **values, **given)

    def items(self, *amounts: float) -> requests.Response:
        """Import a schedule of values with items 001, 002 and so on."""
        lines = [
            {"Billing_Item": f"{number:03d}", "Billing_Description": f"Item {number}", "Original_Contract": amount}
            for number, amount in enumerate(amounts, start=1)
        ]
        return schedule(self.writer.url, self.key | {"Customer_Code": self.customer, "Schedule_Of_Values_Fixed": lines})


def schedule(url: str, *contracts: dict[str, Any], login: tuple[str, str] = ("1", DEMO)) -> requests.Response:
    """Post schedules of values."""
    return requests.post(f"{url}/contract/scheduleofvalues", json={"contracts": contracts}, auth=login, timeout=20)
