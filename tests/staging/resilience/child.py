"""The process that a test kills: one step of a sync, told on standard input. Started by `harness.Child`."""

import json
import sys

from spectrum_etl.marts.publish import publish_marts
from spectrum_etl.model.run import Run
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from spectrum_etl.sources.sdx.connection import SdxConnection
from tests.staging.resilience.harness import World


def main() -> None:
    """Do the step and print the number of the landing."""
    order = json.load(sys.stdin)
    sdx = order["sdx"]
    if sdx is not None:
        sdx = SdxConnection(**{**sdx, "timeout_seconds": tuple(sdx["timeout_seconds"])})
    world = World(order["warehouse"], "", InfoLinkConnection(**order["infolink"]), sdx).by_sdx(*order["by_sdx"])
    run, landing = Run(**order["run"]), order["landing"]
    if order["step"] == "land":
        scope = order["scope"]
        company = scope.pop("company_code")
        landing = world.land(order["object"], run, company, **{**scope, "jobs": tuple(scope["jobs"])})
    elif order["step"] == "marts":
        publish_marts(world.warehouse, order["scope"]["company_code"])
    else:
        world.publish(order["object"], landing)
    print(landing)


if __name__ == "__main__":
    main()
