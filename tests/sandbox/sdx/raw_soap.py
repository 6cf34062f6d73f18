"""SOAP calls with envelopes written by hand: no client stands between test and server."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import requests
from lxml import etree

NAMESPACE = "http://www.northgate-is.com/proiv/webservices/types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
JOB_PARAMETERS = (
    "pCompany_Code", "pDivision", "pStatus_Code", "pProject_Manager", "pSuperintendent", "pEstimator",
    "pCustomer_Code", "pCost_Center", "pSort_By",
)  # fmt: skip
PHASE_PARAMETERS = ("pCompany_Code", "pCost_Type", "pJob_Number", "pStatus_Code", "pCost_Center", "pSort_By")
DEMO = "DEMO-AUTH-ID"
LIMITED = "LIMITED-AUTH-ID"
INACTIVE = "OLD-AUTH-ID"


@dataclass
class Soap:
    """Calls of one server under one Authorization ID; parameters that are not given are empty."""

    url: str
    authorization: str = DEMO
    headers: dict[str, str] = field(default_factory=dict)

    def envelope(self, service: str, **given: str) -> str:
        """Return the envelope of a call."""
        names = PHASE_PARAMETERS if service.startswith("GetPhase") else JOB_PARAMETERS
        values = {"Authorization_ID": self.authorization, "GUID": "", **dict.fromkeys(names, ""), **given}
        body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
            f'<{service} xmlns="{NAMESPACE}">{body}</{service}></soap:Body></soap:Envelope>'
        )

    def post(self, service: str, body: str) -> requests.Response:
        """Post an envelope."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f"{self.url}/ws/{service}", **self.headers}
        return requests.post(f"{self.url}/ws/{service}", data=body.encode(), headers=headers, timeout=20)

    def raw(self, service: str, **given: str) -> requests.Response:
        """Make a call and return the HTTP answer."""
        return self.post(service, self.envelope(service, **given))

    def rows(self, service: str, **given: str) -> list[dict[str, str]]:
        """Make a call that is answered and return its records."""
        response = self.raw(service, **given)
        assert response.status_code == 200, response.text
        root = etree.fromstring(response.content)
        return [{leaf.tag: leaf.text or "" for leaf in record} for record in root.iter("response")]

    def fault(self, service: str, body: str) -> str:
        """Post an envelope that is refused and return the faultstring."""
        response = self.post(service, body)
        assert response.status_code == 500
        faults = etree.fromstring(response.content).findall(f".//{{{SOAP}}}Fault/faultstring")
        assert len(faults) == 1
        return faults[0].text or ""
