"""The importable objects, in the order in which a first sync makes most sense. Adding one is a module here."""

from spectrum_etl.model.spec import StagedObject
from spectrum_etl.staging.objects import (
    budgets,
    job_costs,
    jobs,
    prime_contracts,
    project_cost_codes,
    standard_cost_codes,
    subcontracts,
    vendors,
)

OBJECTS: dict[str, StagedObject] = {
    module.OBJECT.name: module.OBJECT
    for module in (
        standard_cost_codes,
        jobs,
        vendors,
        project_cost_codes,
        budgets,
        prime_contracts,
        subcontracts,
        job_costs,
    )
}
