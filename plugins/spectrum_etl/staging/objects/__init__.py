"""The importable objects, each a module of data here."""

import importlib

from spectrum_etl.model.spec import StagedObject

#: In the order in which a first sync makes most sense: what others refer to comes first.
NAMES = (
    "standard_cost_codes",
    "jobs",
    "vendors",
    "customers",
    "project_cost_codes",
    "budgets",
    "prime_contracts",
    "change_requests",
    "billings",
    "subcontracts",
    "purchase_orders",
    "payables",
    "job_costs",
)

OBJECTS: dict[str, StagedObject] = {name: importlib.import_module(f"{__name__}.{name}").OBJECT for name in NAMES}
