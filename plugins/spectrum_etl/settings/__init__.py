"""The settings: one typed object, read from `include/settings.yaml` and checked on load; a module a section.

They know shapes, not names: which objects there are, with their readers and default schedules, is told by who loads
(`staging.configured`). Secrets are not here: they are Airflow connections.
"""

from spectrum_etl.settings.companies import Company
from spectrum_etl.settings.load import read_settings, settings_path
from spectrum_etl.settings.schedules import SCHEDULES, SCHEDULES_VARIABLE, Schedule
from spectrum_etl.settings.settings import COUNTED_CHANGE_TYPES, Settings, in_force

__all__ = [
    "COUNTED_CHANGE_TYPES",
    "SCHEDULES",
    "SCHEDULES_VARIABLE",
    "Company",
    "Schedule",
    "Settings",
    "in_force",
    "read_settings",
    "settings_path",
]
