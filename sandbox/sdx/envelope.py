"""Reads SOAP 1.1 calls and writes answers and faults, as `envelope` in the reference says. Used by the server."""

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from lxml import etree

from sandbox.sdx.services import ERROR_FIELDS, WRITE_ERROR_FIELDS, Service, namespace

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
Record = Mapping[str, str]

# XML 1.0 cannot carry these characters at all (https://www.w3.org/TR/xml/#charsets). U+2400 is how the stored texts,
# which are PostgreSQL's, hold CHAR(0).
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\u2400]")
_NUL = "\u2400"
# How a server that does not look writes them: as a reference, as they are, as half of a character, as bytes that are no
# text; or with care, as a space.
FORBIDDEN_STYLES = ("reference", "raw", "surrogate", "bytes", "space")


class CallError(Exception):
    """A call that is answered with a SOAP fault; its text is the faultstring."""

    def __init__(self, text: str, code: str = "SOAP-ENV:Client") -> None:
        super().__init__(text)
        self.code = code


def read_call(body: bytes, service: Service) -> dict[str, str]:
    """Return the parameters of a call by name, as sent.

    Args:
        body: the posted XML.
        service: what was called, by the URL.

    Raises:
        CallError: not a SOAP 1.1 envelope, another method, a parameter missing, unknown, given twice or out of order.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise CallError(f"the request is not well-formed XML: {error}") from error
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise CallError(f"the request's root must be Envelope of {_SOAP}, not {root.tag}", "SOAP-ENV:VersionMismatch")
    soap_body = root.find(f"{{{_SOAP}}}Body")
    calls = [] if soap_body is None else [each for each in soap_body if isinstance(each.tag, str)]
    wanted = f"{{{namespace()}}}{service.name}"
    if len(calls) != 1 or calls[0].tag != wanted:
        raise CallError(f"the body must hold one element {wanted}")
    declared = [parameter.name for parameter in service.declared]
    sent: dict[str, str] = {}
    for element in calls[0]:
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element)
        if name.namespace != namespace() or name.localname not in declared:
            raise CallError(f"element {name.localname} is not declared for {service.name}")
        if name.localname in sent:
            raise CallError(f"element {name.localname} is given twice")
        if len(element):
            raise CallError(f"element {name.localname} must hold text only")
        sent[name.localname] = element.text or ""
    missing = [name for name in declared if name not in sent]
    if missing:
        raise CallError(f"element {missing[0]} of {service.name} is missing")
    if list(sent) != declared:
        raise CallError(f"the elements of {service.name} must be in the order of its WSDL: {', '.join(declared)}")
    return sent


def write_answer(service: Service, records: Iterable[Record], forbidden: str = "space") -> bytes:
    """Return the answer that carries `records`; a field a record does not have is an empty element.

    Args:
        service: what was called.
        records: its rows.
        forbidden: one of `FORBIDDEN_STYLES`: how characters are written that XML cannot carry.
    """
    name = service.answer_element
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_SOAP}"><SOAP-ENV:Body>'
        f'<nis:{service.name}Response xmlns:nis="{namespace()}"><{name}>'
    ]
    fields = [field.name for field in service.fields]
    for record in records:
        cells = "".join(f"<{field}>{_text(record.get(field, ''), forbidden)}</{field}>" for field in fields)
        parts.append(f"<response>{cells}</response>")
    parts.append(f"</{name}></nis:{service.name}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>")
    return in_bytes("".join(parts), forbidden)


def write_results(service: Service, results: Iterable[tuple[str, str, str]]) -> bytes:
    """Return the answer of a writing service; `results` are code, description and column (`response_write`)."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_SOAP}"><SOAP-ENV:Body>'
        f'<nis:{service.name}Response xmlns:nis="{namespace()}"><{service.answer_element}><returnData>'
    ]
    for result in results:
        cells = zip(WRITE_ERROR_FIELDS, result, strict=True)
        parts.append(f"<response>{''.join(f'<{name}>{_text(value)}</{name}>' for name, value in cells)}</response>")
    parts.append(f"</returnData></{service.answer_element}></nis:{service.name}Response>")
    parts.append("</SOAP-ENV:Body></SOAP-ENV:Envelope>")
    return "".join(parts).encode()


def write_fault(code: str, text: str) -> bytes:
    """Return a SOAP fault."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{_SOAP}"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>{_text(text)}</faultstring>"
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def error_record(code: str, description: str, column: str = "") -> dict[str, str]:
    """Return the row that carries an error (E, I) or a warning (W): no key, only the three last fields."""
    return dict(zip(ERROR_FIELDS, (code, description[:250], column), strict=True))


def in_bytes(text: str, forbidden: str) -> bytes:
    """Return the bytes of an answer; half of a character is written as such, or as a byte that begins none."""
    if forbidden == "bytes":
        return text.encode("utf-8", "surrogateescape")
    return text.encode("utf-8", "surrogatepass")


def unescaped(value: str, forbidden: str) -> str:
    """Return a value as an answer holds it, with its forbidden characters in the style that is asked for.

    `surrogate` and `bytes` stand as halves of characters until the answer becomes bytes.
    """
    styles = {"surrogate": "\ud800", "bytes": "\udcff", "space": " "}
    return _FORBIDDEN.sub(lambda found: styles.get(forbidden) or found[0].replace(_NUL, "\x00"), value)


def _text(value: str, forbidden: str = "space") -> str:
    if forbidden != "reference":
        return escape(unescaped(value, forbidden))
    return _FORBIDDEN.sub(lambda found: f"&#x{ord(found[0].replace(_NUL, chr(0))):X};", escape(value))
