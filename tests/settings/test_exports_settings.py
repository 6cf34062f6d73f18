"""The settings of the exports (A7): typed, complete, and wrong values named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings import settings_path
from spectrum_etl.staging.configured import load_settings

_COMPANY = {"code": "1", "name": "One", "phase_category": "STD", "procore_company_id": 4001}


def test_the_shipped_file_names_every_value_and_can_export() -> None:
    written = yaml.safe_load(settings_path().read_text(encoding="utf-8"))
    exports = load_settings().exports
    assert set(written["exports"]) == set(type(exports).model_fields)
    assert exports.may_approve("accounting")
    assert not any(exports.may_approve(user) for user in ("admin", "ops", "vera")), "to operate it is not to approve"
    assert load_settings().companies[0].procore_company_id == 4001


@pytest.mark.parametrize(
    ("exports", "named"),
    [
        ({"aprovers": []}, "exports.aprovers"),
        ({"approvers": [{"id": "", "name": "x"}]}, "exports.approvers.0.id"),
        ({"approvers": [{"id": "a", "name": "x"}] * 2}, "listed twice"),
        ({"max_records_per_run": 1001}, "exports.max_records_per_run"),
        ({"server_time_limit": -1}, "exports.server_time_limit"),
        ({"vendor_terms": {"terms_code": "C"}}, "exports.vendor_terms.terms_code"),
        ({"change_request_status": {"budget_change": "ABC"}}, "exports.change_request_status.budget_change"),
        ({"template_job": {"2": "T"}}, "exports.template_job"),
        ({"subcontract_gl_account": {"2": "5"}}, "exports.subcontract_gl_account"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, exports: dict[str, Any], named: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump({"companies": [_COMPANY], "exports": exports}), encoding="utf-8")
    with pytest.raises(FixConfiguration) as caught:
        load_settings(path)
    assert named in str(caught.value)
