"""A small HTTP server that answers as the published descriptions of the Data Exchange services say, for the tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "http://www.northgate-is.com/proiv/webservices/types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
AUTHORIZATION_ID = "AUTH-s3cret-77"
CLIENT_SECRET = "client-s3cret-88"

JOB_PARAMETERS = (
    "pCompany_Code",
    "pDivision",
    "pStatus_Code",
    "pProject_Manager",
    "pSuperintendent",
    "pEstimator",
    "pCustomer_Code",
    "pCost_Center",
    "pSort_By",
)
PHASE_PARAMETERS = ("pCompany_Code", "pCost_Type", "pJob_Number", "pStatus_Code", "pCost_Center", "pSort_By")
DECLARED: dict[str, tuple[str, ...]] = {
    "GetJob": JOB_PARAMETERS,
    "GetJobMain": JOB_PARAMETERS,
    "GetJobDates": JOB_PARAMETERS,
    "GetPhase": PHASE_PARAMETERS,
    "GetPhaseEnhanced": PHASE_PARAMETERS,
    "GetCustomers": ("pCompany_Code", "pStatus"),
}


@dataclass
class Reply:
    """What the server answers.

    Args:
        body: the answer's bytes.
        status: HTTP status.
        headers: besides the content type and length.
        close: close the connection without an answer.
        announce: content length to announce, when it is to differ from the body's.
        delay: seconds to wait before answering.
        chunk: send by chunked transfer, in pieces of this many bytes.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    close: bool = False
    announce: int | None = None
    delay: float = 0.0
    chunk: int = 0


@dataclass
class Request:
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    service: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


Answer = Callable[[Request], "Reply | bytes"]


class Stub:
    """The server. `services` answers SOAP calls by name, `paths` everything else; `requests` is the log."""

    def __init__(self) -> None:
        self.services: dict[str, Answer] = {}
        self.paths: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def calls(self, service: str) -> list[Request]:
        return [request for request in self.requests if request.service == service and request.method == "POST"]

    def answer(self, request: Request) -> Reply:
        path, _, query = request.path.partition("?")
        found = self.paths.get(request.path) or self.paths.get(path)
        if found is None and path.startswith("/ws/") and request.method == "POST":
            request.service = path.removeprefix("/ws/")
            request.parameters, request.order = read_envelope(request.body, request.service)
            found = self.services.get(request.service)
        elif found is None and path.startswith("/wsdls/") and not query:
            service = path.removeprefix("/wsdls/").removesuffix(".jws")
            if service in self.services:
                return Reply(wsdl(service))
        if found is None:
            return Reply(b"<html>not found</html>", 404)
        reply = found(request)
        return reply if isinstance(reply, Reply) else Reply(reply)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 64 * 1024  # one packet a reply: small ones wait for each other's acknowledgement

            def log_message(self, *arguments: object) -> None:
                pass

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, dict(self.headers), body)
                with stub._lock:
                    stub.requests.append(request)
                    stub._now += 1
                    stub.most_at_once = max(stub.most_at_once, stub._now)
                try:
                    reply = stub.answer(request)
                    if reply.delay:
                        time.sleep(reply.delay)
                finally:
                    with stub._lock:
                        stub._now -= 1
                if reply.close:
                    self.close_connection = True
                    return
                self._send(reply)

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "text/xml", **reply.headers}.items():
                    self.send_header(name, value)
                if reply.chunk:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    for start in range(0, len(reply.body), reply.chunk):
                        piece = reply.body[start : start + reply.chunk]
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.write(b"0\r\n\r\n")
                    return
                length = len(reply.body) if reply.announce is None else reply.announce
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(reply.body)
                if length > len(reply.body):
                    self.close_connection = True

        return Handler


def read_envelope(body: bytes, service: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The parameters of a request, and their order; fails unless it has the documented form."""
    root = etree.fromstring(body)
    assert root.tag == f"{{{SOAP}}}Envelope"
    (method,) = root.find(f"{{{SOAP}}}Body")
    assert method.tag == f"{{{NAMESPACE}}}{service}"
    names = [etree.QName(child).localname for child in method]
    assert all(etree.QName(child).namespace == NAMESPACE for child in method)
    return {name: child.text or "" for name, child in zip(names, method, strict=True)}, tuple(names)


def wsdl(service: str, parameters: Sequence[str] | None = None) -> bytes:
    """A WSDL with single-quoted attributes, document/literal wrapped."""
    names = ("Authorization_ID", "GUID", *(DECLARED[service] if parameters is None else parameters))
    elements = "".join(f"<xsd:element name='{name}' type='xsd:string'/>" for name in names)
    return f"""<?xml version='1.0'?>
<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:xsd='http://www.w3.org/2001/XMLSchema' name='{service}'>
<types><xsd:schema targetNamespace='{NAMESPACE}'>
<xsd:element name='{service}'><xsd:complexType><xsd:sequence>{elements}</xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name='{service}Response'><xsd:complexType><xsd:sequence><xsd:any/></xsd:sequence></xsd:complexType>
</xsd:element></xsd:schema></types></definitions>""".encode()


def answer(
    service: str, records: Sequence[Mapping[str, str]], warning: str = "", beside: Mapping[str, str] | None = None
) -> bytes:
    """An answer in the shape that callers describe; every record carries the error triple.

    Args:
        service: its name.
        records: what it holds.
        warning: of its last row; none where it is empty.
        beside: what that row holds beside.
    """
    method = service[0].lower() + service[1:]
    blank = {"Error_Code": "", "Error_Description": "", "Error_Column": ""}
    rows = [{**record, **{name: record.get(name, "") for name in blank}} for record in records]
    if warning:
        blanks = dict.fromkeys(rows[0] if rows else (), "")
        rows.append({**blanks, **(beside or {}), "Error_Code": "W", "Error_Description": warning})
    body = "".join(
        "<response>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items()) + "</response>\n"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body>'
        f'<nis:{service}Response xmlns:nis="{NAMESPACE}"><{method}>\n{body}</{method}></nis:{service}Response>'
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    ).encode()


def refusal(service: str, code: str, description: str, column: str) -> bytes:
    """An error triple in an HTTP 200 answer."""
    record = {"Error_Code": code, "Error_Description": description, "Error_Column": column}
    return answer(service, [record])


def fault(code: str, text: str) -> bytes:
    """A SOAP 1.1 fault."""
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>{code}</faultcode>'
        f"<faultstring>{escape(text)}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def json_reply(content: object) -> Reply:
    """A JSON answer; text is sent as it is."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Reply(text.encode(), headers={"Content-Type": "application/json"})


def form(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def host_of(url: str) -> str:
    """The host of an address."""
    return str(urlsplit(url).hostname)


class Records:
    """Records that are selected as documented: exact values, `#` exclusions with lists, statuses, a cap.

    Args:
        records: with all fields of all services.
        fields: field that each parameter selects on.
        keep: fields each service returns; by default all.
        cap: most records of an answer.
        warn: whether a cut answer ends with a warning row.
        beside: what that row holds beside the warning.
    """

    def __init__(
        self,
        records: Sequence[Mapping[str, str]],
        fields: Mapping[str, str],
        keep: Mapping[str, Sequence[str]] | None = None,
        cap: int = 500,
        warn: bool = True,
        beside: Mapping[str, str] | None = None,
    ) -> None:
        self.records = list(records)
        self.fields = fields
        self.keep = keep or {}
        self.cap = cap
        self.warn = warn
        self.beside = beside or {}

    def __call__(self, request: Request) -> bytes:
        found = [record for record in self.records if self._selected(record, request.parameters)]
        names = self.keep.get(request.service)
        if names:
            found = [{name: record[name] for name in names} for record in found]
        cut = len(found) > self.cap
        warning = "Number of records exceeds maximum" if cut and self.warn else ""
        return answer(request.service, found[: self.cap], warning, self.beside)

    def _selected(self, record: Mapping[str, str], parameters: Mapping[str, str]) -> bool:
        status = parameters.get("pStatus_Code", "")
        if record["Status_Code"] not in ({status} if status else {"A", "I"}):
            return False
        return all(self._matches(record[name].strip(), parameters.get(one, "")) for one, name in self.fields.items())

    @staticmethod
    def _matches(value: str, expression: str) -> bool:
        if not expression:
            return True
        if expression.startswith("#"):
            return value not in expression[1:].split(",")
        return value == expression


JOB_SELECTION = {
    "pCompany_Code": "Company_Code",
    "pDivision": "Division",
    "pCustomer_Code": "Customer_Code",
    "pProject_Manager": "Project_Manager",
    "pSuperintendent": "Superintendent",
    "pEstimator": "Estimator",
}
PHASE_SELECTION = {"pCompany_Code": "Company_Code", "pJob_Number": "Job_Number", "pCost_Type": "Cost_Type"}
JOB_FIELDS = {
    "GetJob": (
        "Company_Code",
        "Job_Number",
        "Job_Description",
        "Division",
        "Project_Manager",
        "Superintendent",
        "Estimator",
        "Customer_Code",
        "Status_Code",
        "Contract_Number",
    ),
    "GetJobMain": (
        "Company_Code",
        "Job_Number",
        "Job_Description",
        "Division",
        "Customer_Code",
        "Original_Contract",
        "Contract_Number",
        "Status_Code",
    ),
    "GetJobDates": ("Company_Code", "Job_Number", "Job_Description", "Start_Date"),
}


def job(number: str, **fields: str) -> dict[str, str]:
    """A job as all three services together know it."""
    return {
        "Company_Code": "  1",
        "Job_Number": number.rjust(10),
        "Job_Description": f"Job {number}",
        "Division": "",
        "Project_Manager": "",
        "Superintendent": "",
        "Estimator": "",
        "Customer_Code": "",
        "Status_Code": "A",
        "Contract_Number": f"C{number}",
        "Original_Contract": "1000.00",
        "Start_Date": "01/05/2026",
        **fields,
    }


def phase(number: str, code: str, cost_type: str, **fields: str) -> dict[str, str]:
    """A phase of a job as GetPhase returns it."""
    return {
        "Company_Code": "  1",
        "Job_Number": number.rjust(10),
        "Phase_Code": code.rjust(20),
        "Cost_Type": cost_type.rjust(3),
        "Description": f"Phase {code}",
        "Status_Code": "A",
        "JTD_Actual_Dollars": "1234.50",
        **fields,
    }
