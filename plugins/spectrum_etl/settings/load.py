"""Reads the settings from `include/settings.yaml`, or from the file that `SPECTRUM_ETL_SETTINGS` names."""

from __future__ import annotations

import os
from pathlib import Path

import yaml
from pydantic import ValidationError

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.messages import explain_value, explain_yaml
from spectrum_etl.settings.registry import KnownNames, Registry, SourceNames
from spectrum_etl.settings.settings import Settings


def settings_path() -> Path:
    """Where the settings are: `SPECTRUM_ETL_SETTINGS`, else `include/settings.yaml` beside `plugins/`."""
    named = os.environ.get("SPECTRUM_ETL_SETTINGS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "include" / "settings.yaml"


def read_settings(path: Path, registry: Registry, names: SourceNames | None = None) -> Settings:
    """Read and check the settings.

    Args:
        path: the file.
        registry: the objects that are staged: `schedules` and `readers` may name these only.
        names: the tables of Info-Link with their columns, in upper case: `infolink.names` may name these only.

    Raises:
        FixConfiguration: the file is missing, is not YAML, or holds a value that is not allowed; the message names
            every wrong value and what is allowed.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FixConfiguration(f"there is no settings file {path}", remedy="restore include/settings.yaml") from None
    except yaml.YAMLError as error:
        raise FixConfiguration(
            f"{path.name} is not YAML: {explain_yaml(error)}", remedy="mend the line it names"
        ) from None
    try:
        return Settings.model_validate(values, context=KnownNames(registry, names or {}))
    except ValidationError as error:
        wrong = "; ".join(explain_value(entry) for entry in error.errors())
        raise FixConfiguration(f"{path.name}: {wrong}", remedy="correct these values and save the file") from None
