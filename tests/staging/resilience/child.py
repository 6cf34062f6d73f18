"""The process that a test kills: one step of a sync, told on standard input. Started by `harness.Child`."""

import json
import sys

from spectrum_etl.model.run import Run
from spectrum_etl.sources.infolink.connection import InfoLinkConnection
from tests.staging.resilience.harness import World


def main() -> None:
    """Do the step and print the number of the landing."""
    order = json.load(sys.stdin)
    world = World(order["warehouse"], "", InfoLinkConnection(**order["infolink"]))
    run, landing = Run(**order["run"]), order["landing"]
    if order["step"] == "land":
        scope = order["scope"]
        company = scope.pop("company_code")
        landing = world.land(order["object"], run, company, **{**scope, "jobs": tuple(scope["jobs"])})
    else:
        world.publish(order["object"], landing)
    print(landing)


if __name__ == "__main__":
    main()
