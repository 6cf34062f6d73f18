"""Moments of Procore turned into days, which become booking dates.

Procore's moments are UTC, and a calendar day travels as its midnight, `2026-09-01T00:00:00Z`. So midnight is that day,
wherever the project is; another moment is a day only where somebody is, and that is the project's own time zone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from spectrum_etl.exports.objects.facts import text
from spectrum_etl.model.characters import escaped
from spectrum_etl.staging.configured import load_settings

log = logging.getLogger(__name__)

#: What Procore calls the zones of its `time_zone`, where that is no name of the tz database: names of Ruby on Rails.
_NAMED = {
    "American Samoa": "Pacific/Pago_Pago",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Tijuana": "America/Tijuana",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Chihuahua": "America/Chihuahua",
    "Mazatlan": "America/Mazatlan",
    "Central Time (US & Canada)": "America/Chicago",
    "Saskatchewan": "America/Regina",
    "Mexico City": "America/Mexico_City",
    "Guadalajara": "America/Mexico_City",
    "Monterrey": "America/Monterrey",
    "Central America": "America/Guatemala",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Atlantic Time (Canada)": "America/Halifax",
    "Puerto Rico": "America/Puerto_Rico",
    "Newfoundland": "America/St_Johns",
    "Guam": "Pacific/Guam",
}


def day_of(moment: Any, project: Mapping[str, Any]) -> str:
    """The calendar day of a moment, as ISO text.

    Args:
        moment: as Procore sends it; a bare day stays that day.
        project: with `tz_name`, its zone in the tz database, or `time_zone`; the settings' zone stands in for both.

    Returns:
        Empty where there is none; what is no moment stays as it is, for a rule to report.
    """
    shown = text(moment)
    try:
        found = datetime.fromisoformat(shown)
    except ValueError:
        return shown
    if found.tzinfo is None:
        return found.date().isoformat()
    try:
        utc = found.astimezone(UTC)
        is_day = (utc.hour, utc.minute, utc.second, utc.microsecond) == (0, 0, 0, 0)
        return (utc if is_day else utc.astimezone(zone_of(project))).date().isoformat()
    except OverflowError:  # at either end of the calendar
        return shown


def zone_of(project: Mapping[str, Any]) -> ZoneInfo:
    """A project's own time zone, else the settings'."""
    for name in (text(project.get("tz_name")), text(project.get("time_zone"))):
        zone = _zone(_NAMED.get(name, name))
        if zone is not None:
            return zone
        if name:
            log.info("project %s: the time zone %s is not known here", text(project.get("id")), escaped(name))
    return ZoneInfo(load_settings().timezone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # not in the database; no name of a zone; the folder of one
        return None
