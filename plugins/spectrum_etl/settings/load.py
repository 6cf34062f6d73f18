"""Reads the settings from `include/settings.yaml`, or from the file that `SPECTRUM_ETL_SETTINGS` names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.constructor import ConstructorError

from spectrum_etl.errors import FixConfiguration
from spectrum_etl.settings.messages import explain_value, explain_yaml
from spectrum_etl.settings.registry import KnownNames, Registry, SourceNames
from spectrum_etl.settings.settings import Settings


def settings_path() -> Path:
    """Where the settings are: `SPECTRUM_ETL_SETTINGS`, else `include/settings.yaml` beside `plugins/`."""
    named = os.environ.get("SPECTRUM_ETL_SETTINGS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "include" / "settings.yaml"


class _Loader(yaml.SafeLoader):
    """YAML whose names are given once: lines that are pasted below others must not put those out of force unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; ConstructorError where it names something twice."""
        seen = set()
        for key, _ in node.value:
            name = (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else None
            if name in seen and name is not None:
                raise ConstructorError(problem="a name is given twice in one section", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


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
        values = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except FileNotFoundError:
        raise FixConfiguration(f"there is no settings file {path}", remedy="restore include/settings.yaml") from None
    except yaml.YAMLError as error:
        raise FixConfiguration(
            f"{path.name} is not YAML: {explain_yaml(error)}", remedy="correct the line it names"
        ) from None
    try:
        return Settings.model_validate(values, context=KnownNames(registry, names or {}))
    except ValidationError as error:
        wrong = "; ".join(explain_value(entry, Settings) for entry in error.errors())
        raise FixConfiguration(f"{path.name}: {wrong}", remedy="correct these values and save the file") from None
