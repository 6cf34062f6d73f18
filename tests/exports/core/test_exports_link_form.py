"""What the form of `link_export` asks for."""

from __future__ import annotations

from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.exports.link_dag import pairs_of


def form(**given: Any) -> dict[str, Any]:
    return {"object": "vendors", "project": None, "pairs": None, "exact_names": False, **given}


def test_a_record_is_of_the_company_of_a_project_or_the_project_itself() -> None:
    assert pairs_of(form(pairs=[" 7 = ACME "])) == [("", "7", "ACME")]
    assert pairs_of(form(object="jobs", pairs=["7 = 24-404"])) == [("7", "7", "24-404")]
    assert pairs_of(form(object="commitments", project=" 5 ", pairs=["7=ACME/S=1"])) == [("5", "7", "ACME/S=1")]


def test_a_form_that_says_too_little_is_refused() -> None:
    with pytest.raises(FixConfiguration, match="names nothing to link"):
        pairs_of(form())
    with pytest.raises(FixConfiguration, match="names nothing to link"):
        pairs_of(form(object="jobs", exact_names=True))
    with pytest.raises(FixConfiguration, match="commitments belong to a project"):
        pairs_of(form(object="commitments", pairs=["7 = ACME/S-1"]))
    assert pairs_of(form(exact_names=True)) == []
