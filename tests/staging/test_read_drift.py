"""M4: what is landed of an answer of the web services, and its fields compared with what is documented."""

from types import SimpleNamespace
from typing import Any

import pytest

from spectrum_etl.errors import StopSync
from spectrum_etl.model.drift import Drift
from spectrum_etl.model.selection import Selection
from spectrum_etl.staging.objects import OBJECTS
from spectrum_etl.staging.read import read

VENDORS = OBJECTS["vendors"].table("vendors")
FIELDS = {column.sdx: "x" for column in VENDORS.columns if column.sdx}


def drift_of(*records: dict[str, str]) -> list[Drift]:
    sources: Any = SimpleNamespace(sdx=SimpleNamespace(read_vendors=lambda company: iter(records)))
    reading = read(VENDORS, "sdx", sources, Selection("1"))
    assert sum(len(list(batch)) for batch in reading.batches) == len(records)
    return reading.drift


def test_documented_fields_are_no_drift():
    assert drift_of({**FIELDS, "Purchase_City": "Reno", "First_Name": "Ann"}) == []


def test_a_new_field_is_noted():
    assert drift_of({**FIELDS, "Favourite_Colour": "red"}) == [
        Drift("Vendors", "Favourite_Colour", "new", "it is not read")
    ]


def test_a_missing_field_is_noted():
    (found,) = drift_of({name: value for name, value in FIELDS.items() if name != "Phone_Number"})
    assert (found.column, found.change) == ("Phone_Number", "missing")


@pytest.mark.parametrize("left_out", ["Phone_Number", "Name"])
def test_m4_a_blank_field_that_a_record_leaves_out_is_not_missing(left_out):
    """Which record comes first must not decide: some leave blank fields out."""
    without = {name: value for name, value in FIELDS.items() if name != left_out}
    assert drift_of(without, FIELDS) == drift_of(FIELDS, without) == []


def test_m4_a_new_field_of_a_later_record_is_noted():
    assert drift_of(FIELDS, {**FIELDS, "Favourite_Colour": "red"}) == [
        Drift("Vendors", "Favourite_Colour", "new", "it is not read")
    ]


def test_codes_are_landed_as_the_client_compares_them():
    """Of a line break around a code came a key of its own: the row was rejected, and the staged one deleted."""
    sources: Any = SimpleNamespace(
        sdx=SimpleNamespace(
            read_vendors=lambda company: iter([{**FIELDS, "Vendor_Code": "\n  ACME\t", "Name": " A\n"}])
        )
    )
    reading = read(VENDORS, "sdx", sources, Selection("1"))
    (row,) = next(reading.batches)
    landed = dict(zip(reading.columns, row, strict=True))
    assert (landed["vendor_code"], landed["vendor_name"]) == ("ACME", " A\n"), "a text stays as sent"


def test_a_missing_key_stops_the_sync():
    with pytest.raises(StopSync, match="has no Vendor_Code"):
        drift_of({name: value for name, value in FIELDS.items() if name != "Vendor_Code"})
