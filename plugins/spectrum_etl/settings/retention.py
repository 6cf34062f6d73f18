"""The section `retention` of the settings. `include/settings.yaml` says what each value means."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from spectrum_etl.settings.shape import Strict

Days = Annotated[int, Field(ge=1)]


class Retention(Strict):
    """For how many days the warehouse keeps what is no longer current. The export ledger is kept for ever."""

    landing_days: Days = 3
    rejected_days: Days = 180
    runs_days: Days = 400
    checks_days: Days = 90
    drift_days: Days = 400
    plans_days: Days = 400
