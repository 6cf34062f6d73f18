"""What was found under a key, brought into the form of current values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spectrum_etl.errors import StopSync
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import comparable
from spectrum_etl.model.characters import escaped
from spectrum_etl.sources.infolink.lookup import Found


def trimmed(row: Mapping[str, str | None]) -> dict[str, str]:
    """A row's values, trimmed, and with what nothing else can hold escaped; NULL is blank."""
    return {name: escaped((value or "").strip()) for name, value in row.items()}


def elements(service: str, row: Mapping[str, str | None]) -> dict[str, str]:
    """The elements of a service that a row holds, comparable, without those of the key."""
    layout = SERVICES[service]
    return {
        name: escaped(comparable(service, name, value))
        for name, value in row.items()
        if name in layout.elements and name not in layout.key
    }


def only(rows: Sequence[Found], key: Mapping[str, str], service: str, company: str) -> Found | None:
    """The one row with this key; None where there is none.

    Several differ in the case of letters, or are kept twice: the one that is spelled as the key is meant.

    Raises:
        StopSync: it is unclear which is meant.
    """
    if len(rows) <= 1:
        return rows[0] if rows else None
    exact = [row for row in rows if all((row.get(name) or code).strip() == code for name, code in key.items())]
    if len(exact) == 1:
        return exact[0]
    raise StopSync(
        f"Spectrum holds {len(rows)} rows with this key, so it is unclear which one is meant",
        object=service,
        company=company,
        record=" ".join(f"{name}={code}" for name, code in key.items() if name != "Company_Code"),
        remedy="look at them in Spectrum, and correct or remove all but one",
    )


def part(key: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """These codes of a key, trimmed; those that are blank are left out."""
    return {name: key[name].strip() for name in names if key.get(name, "").strip()}
