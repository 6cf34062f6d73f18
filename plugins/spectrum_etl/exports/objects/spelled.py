"""What Spectrum itself calls a record that somebody names: the spelling that is kept in the links.

Spectrum compares codes trimmed and without case: `v1015` and `V1015` are one vendor, and only one record of Procore may
be linked to it. A key of several codes has a slash between them.
"""

from __future__ import annotations

from collections.abc import Iterable

from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.links.pairs import compared


def vendor(spectrum: Spectrum, code: str) -> str | None:
    """A vendor's code, active or not; None where Spectrum has none of that code."""
    return _one_of((current["Vendor_Code"].strip() for current in spectrum.vendors()), code)


def job(spectrum: Spectrum, number: str) -> str | None:
    """A job's number; None where Spectrum has no such job."""
    current = spectrum.job(number.strip())
    return None if current is None else current["Job_Number"].strip()


def subcontract(spectrum: Spectrum, key: str) -> str | None:
    """`VENDOR/NUMBER` of a subcontract; None where the vendor has none of that number."""
    code, _, number = key.partition("/")
    current = spectrum.subcontract(code.strip(), number.strip())
    return None if current is None else f"{current['Vendor_Code'].strip()}/{current['Subcontract_Number'].strip()}"


def change_request(spectrum: Spectrum, key: str) -> str | None:
    """`JOB/NUMBER` of a change request; None where the job has none of that number."""
    named, _, number = key.rpartition("/")
    own = job(spectrum, named)
    current = None if own is None else _one_of(spectrum.change_request_numbers(own), number)
    return None if current is None else f"{own}/{current}"


def _one_of(codes: Iterable[str], wanted: str) -> str | None:
    """The code that is spelled as it is asked for, else one that is the same to Spectrum."""
    same = [code for code in codes if compared(code) == compared(wanted)]
    return wanted.strip() if wanted.strip() in same else next(iter(same), None)
