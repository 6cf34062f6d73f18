"""What Airflow's own form shows of a record: what all lines share once, then what differs from line to line (A7)."""

from __future__ import annotations

from spectrum_etl.exports.display.markdown import as_markdown
from spectrum_etl.exports.display.view import view
from spectrum_etl.exports.document import Call

_KEY = {"Company_Code": "1", "Vendor_Code": "ACME", "Subcontract_Number": "SC-1"}


def _line(phase: str, description: str, amount: str) -> Call:
    fields = {"Bill_Description": description, "Original_Contract_Amount": amount}
    return Call("UpdateSubcontractPhases", {**_KEY, "Phase_Code": phase, "Cost_Type": "S"}, fields, True)


def test_the_lines_of_a_contract_are_a_table_that_repeats_no_key() -> None:
    head = Call("UpdateSubcontract", _KEY, {"Job_Number": "24-1", "Status_Code": "A"}, True)
    lines = [_line("16100", "Rough-in", "48250.00"), _line("16200", "Switchgear | spare", "-1150.25")]
    body = as_markdown(view([head, *lines], [None, None, None]))
    assert body.count("ACME") == body.count("SC-1") == 1, "the contract is named once"
    assert "| Phase | Cost type | Description | Contract amount |" in body
    assert "| 16100 | S | Rough-in | 48,250.00 |" in body
    assert "| 16200 | S | Switchgear \\| spare | -1,150.25 |" in body


def test_a_cell_says_what_spectrum_has_now_where_that_differs() -> None:
    key = {"Company_Code": "1", "Job_Number": "24-1", "Phase_Code": "0100", "Cost_Type": "L"}
    call = Call("AddPhase", key, {"Description": "Sitework", "Original_Est_Cost": "1250.00"}, False)
    other = Call(
        "AddPhase", {**key, "Phase_Code": "0200"}, {"Description": "Paint", "Original_Est_Cost": "5.00"}, False
    )
    held = [
        {"Description": "Sitework", "Original_Est_Cost": "1000.00"},
        {"Description": "", "Original_Est_Cost": "5.00"},
    ]
    body = as_markdown(view([call, other], held))
    assert "1,250.00 (now 1,000.00)" in body
    assert "Paint (now empty)" in body
    assert body.count("24-1") == 1


def test_a_contract_that_exists_already_says_so_before_its_lines() -> None:
    body = as_markdown(view([_line("16100", "Rough-in", "1.00")], [{"Bill_Description": "Other"}]))
    assert body.index("Spectrum has this already") < body.index("16100")
