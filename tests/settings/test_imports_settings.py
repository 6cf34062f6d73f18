"""N13, C3, C6: the section `imports`: everything off by default, and wrong words answered with the allowed ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from spectrum_etl.settings import Settings
from spectrum_etl.settings.imports import ImportSettings
from spectrum_etl.settings.messages import explain_value
from spectrum_etl.staging.configured import load_settings
from tests.airflow_stack import PROJECT

COMPANY = {"code": "1", "name": "One", "phase_category": "STD"}


def settings(**imports: Any) -> Settings:
    exports = {"approvers": [{"id": "accounting", "name": "Accounting"}]}
    return Settings.model_validate({"companies": [COMPANY], "exports": exports, "imports": imports})


def refusal(**imports: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(**imports)
    return "; ".join(explain_value(entry, Settings) for entry in caught.value.errors())


def test_n2_nothing_runs_or_is_accepted_by_itself_unless_somebody_says_so():
    for found in (settings().imports, load_settings().imports):
        assert (found.vendors.ask, found.vendors.schedule, found.vendors.update) == ("always", "never", ())
        assert (found.vendors.types, found.vendors.include_without_type) == ((), True)
        assert (found.jobs.ask, found.jobs.schedule, found.jobs.update) == ("always", "never", ())
        assert (found.jobs.statuses, found.jobs.divisions, found.jobs.include_without_division) == (("A",), (), True)
        assert (found.jobs.started_from, found.jobs.project_templates) == (None, {})
        assert found.run_configurable_validations is False
        assert (found.probes.test_projects, found.probes.foreign_companies) == ({}, {}), (
            "nothing is tried out by writing"
        )


def test_n2_the_approvers_of_exports_accept_plans_unless_imports_name_their_own():
    assert [user.id for user in settings().import_approvers] == ["accounting"]
    own = settings(approvers=[{"id": "pm", "name": "Project manager"}])
    assert [user.id for user in own.import_approvers] == ["pm"]
    assert "listed twice" in refusal(approvers=[{"id": "pm", "name": "A"}, {"id": "pm", "name": "B"}])


@pytest.mark.parametrize(
    ("values", "where", "allowed"),
    [
        ({"ask": "sometimes"}, "imports.vendors.ask", ("'always'", "'changes'", "'never'")),
        ({"schedule": "weekly"}, "imports.vendors.schedule", ("'never'", "'daily'", "'hourly'", "'after_sync'")),
        ({"update": ["email"]}, "imports.vendors.update.0", ("'name'", "'address'", "'phone'", "'fax'")),
        ({"suggest_from": 101}, "imports.vendors.suggest_from", ("100",)),
        ({"skedule": "daily"}, "imports.vendors.skedule", ()),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_allowed(values: dict[str, Any], where: str, allowed: tuple[str, ...]):
    said = refusal(vendors=values)
    assert where in said
    for word in allowed:
        assert word in said


@pytest.mark.parametrize(
    ("values", "where", "allowed"),
    [
        ({"statuses": ["B"]}, "imports.jobs.statuses.0", ("'A'", "'I'", "'C'")),
        ({"statuses": []}, "imports.jobs.statuses", ()),
        ({"update": ["number"]}, "imports.jobs.update.0", ("'name'", "'address'", "'dates'")),
        ({"started_from": "soon"}, "imports.jobs.started_from", ()),
        ({"project_templates": {"1": 0}}, "imports.jobs.project_templates.1", ()),
        ({"schedule": "weekly"}, "imports.jobs.schedule", ("'never'", "'after_sync'")),
    ],
)
def test_n13_a_wrong_value_of_jobs_is_answered_with_what_is_allowed(
    values: dict[str, Any], where: str, allowed: tuple[str, ...]
):
    said = refusal(jobs=values)
    assert where in said
    for word in allowed:
        assert word in said


@pytest.mark.parametrize("name", ["test_projects", "foreign_companies"])
def test_n12_probes_write_only_where_the_settings_name_a_record_by_its_id(name: str):
    assert getattr(settings(probes={name: {"1": 562949953421312}}).imports.probes, name) == {"1": 562949953421312}
    assert f"imports.probes.{name}" in refusal(probes={name: {"1": 0}})
    assert f"imports.probes.{name}" in refusal(probes={name: {"1": "Test project"}})


def _sections(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting by its path, down to the values."""
    for name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from _sections(nested, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def test_n13_every_setting_of_imports_stands_in_the_file_with_its_default_and_an_explanation():
    lines = (PROJECT / "include" / "settings.yaml").read_text().splitlines()
    begun = lines.index("imports:")
    explained, section, is_explained = set(), "", False
    for line in lines[begun + 1 :]:
        if line and not line.startswith(" "):
            break
        text = line.strip()
        if text.startswith("#") or not text:
            is_explained = text.startswith("#")
        elif line.startswith("    "):
            # Settings that stand together are explained together.
            explained |= {f"{section}.{text.partition(':')[0]}"} if is_explained else set()
        else:
            section = text.partition(":")[0]
            explained |= {section} if is_explained else set()
    known = dict(_sections(ImportSettings))
    assert known.keys() - explained == set()
    assert load_settings().imports == ImportSettings(), "the file holds the defaults"
