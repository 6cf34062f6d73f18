"""OpenLineage facts of a publish: nothing without the provider, names by its rules with it.

The provider is no dependency of this package, so its two modules are stood in for, with the names it publishes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.model.counts import Counts
from spectrum_etl.orchestration.lineage import emit_lineage
from spectrum_etl.settings import Company, Settings
from spectrum_etl.staging.objects import OBJECTS

URL = "postgresql://sync:secret@db.example.com:5433/warehouse"
CONNECTIONS = {
    "spectrum_infolink": SimpleNamespace(host="sql.example.com", port=None, schema="Spectrum"),
    "spectrum_sdx": SimpleNamespace(
        host="spectrum.example.com", port=8482, schema="https", login="1", password="id-secret", extra_dejson={}
    ),
}


@dataclass
class _Dataset:
    namespace: str
    name: str
    facets: dict[str, Any] = field(default_factory=dict)
    outputFacets: dict[str, Any] = field(default_factory=dict)


@dataclass
class Told:
    """What the provider was given."""

    active: bool = True
    inputs: list[_Dataset] = field(default_factory=list)
    outputs: list[_Dataset] = field(default_factory=list)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Told:
    """A stand-in for the provider and its client."""
    told = Told()

    def emit(inputs: list[_Dataset], outputs: list[_Dataset]) -> None:
        told.inputs, told.outputs = inputs, outputs

    modules: dict[str, dict[str, Any]] = {
        "airflow.providers.openlineage": {},
        "airflow.providers.openlineage.api": {
            "emit_dataset_lineage": emit,
            "is_openlineage_active": lambda: told.active,
        },
        "openlineage": {},
        "openlineage.client": {},
        "openlineage.client.event_v2": {"Dataset": _Dataset, "OutputDataset": _Dataset},
        "openlineage.client.facet_v2": {
            "schema_dataset": SimpleNamespace(
                SchemaDatasetFacet=SimpleNamespace, SchemaDatasetFacetFields=SimpleNamespace
            ),
            "output_statistics_output_dataset": SimpleNamespace(OutputStatisticsOutputDatasetFacet=SimpleNamespace),
        },
    }
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("spectrum_etl.credentials.airflow_connection", CONNECTIONS.__getitem__)
    return told


def _settings(**readers: str) -> Settings:
    return Settings(companies=(Company(code="1", name="One", phase_category="STD"),), readers=readers)


def _tell(object_name: str, settings: Settings) -> bool:
    obj = OBJECTS[object_name]
    return emit_lineage(obj, "1", URL, settings, {table.name: Counts(new=3, changed=2) for table in obj.tables})


def test_without_the_provider_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "airflow.providers.openlineage.api", None)
    assert _tell("vendors", _settings()) is False


def test_a_provider_that_is_switched_off_is_told_nothing(provider: Told) -> None:
    provider.active = False
    assert _tell("vendors", _settings()) is False
    assert provider.outputs == []


def test_tables_of_infolink_and_of_the_warehouse_are_named_by_the_rules(provider: Told) -> None:
    assert _tell("vendors", _settings()) is True
    assert [(d.namespace, d.name) for d in provider.inputs] == [
        ("mssql://sql.example.com:1433", "Spectrum.dbo.VN_VENDOR_MASTER_MC")
    ]
    (output,) = provider.outputs
    assert (output.namespace, output.name) == ("postgres://db.example.com:5433", "warehouse.spectrum.vendors")
    assert output.outputFacets["outputStatistics"].rowCount == 5
    fields = {f.name: (f.type, f.description) for f in output.facets["schema"].fields}
    assert fields["company_code"] == ("code", "Spectrum company")
    assert "secret" not in repr(provider)


def test_web_services_are_named_by_their_address(provider: Told) -> None:
    assert _tell("job_costs", _settings(job_cost_totals="sdx")) is True
    assert {(d.namespace, d.name) for d in provider.inputs} == {
        ("mssql://sql.example.com:1433", "Spectrum.dbo.JC_TRANSACTION_HISTORY_MC"),
        ("https://spectrum.example.com:8482", "GetPhase"),
    }
    assert {d.name.rsplit(".", 1)[1] for d in provider.outputs} == {"job_cost_transactions", "job_cost_totals"}


def test_a_connection_that_is_gone_leaves_the_outputs(provider: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(conn_id: str) -> None:
        raise FixConfiguration(f"there is no Airflow connection {conn_id!r}")

    monkeypatch.setattr("spectrum_etl.credentials.airflow_connection", missing)
    assert _tell("vendors", _settings()) is True
    assert provider.inputs == []
    assert len(provider.outputs) == 1
