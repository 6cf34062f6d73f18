"""The exportable and the linkable objects by name. Used by the export DAGs' tasks, the documentation and tests.

A module is imported when its object is first used: a DAG file parses without it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from spectrum_etl.exports.linkable import Linkable
from spectrum_etl.exports.spec import ExportObject

#: In the order in which a new project needs them.
NAMES = (
    "vendors",
    "jobs",
    "budgets",
    "budget_changes",
    "commitments",
    "commitment_change_orders",
    "prime_contract_change_orders",
    "forecasts",
)
#: What `link_export` links: the same, and the contracts that prime contract change orders belong to.
LINKABLE_NAMES = (*NAMES, "prime_contracts")


class _Exports(Mapping[str, ExportObject]):
    def __getitem__(self, name: str) -> ExportObject:
        if name not in NAMES:
            raise KeyError(name)
        obj: ExportObject = importlib.import_module(f"spectrum_etl.exports.objects.{name}").OBJECT
        return obj

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


EXPORTS: Mapping[str, ExportObject] = _Exports()


def linkable(name: str) -> Linkable:
    """What may be linked by hand: an exportable object, or one that is only linked.

    Args:
        name: one of `LINKABLE_NAMES`.
    """
    if name in NAMES:
        return EXPORTS[name]
    if name not in LINKABLE_NAMES:
        raise KeyError(name)
    obj: Linkable = importlib.import_module(f"spectrum_etl.exports.objects.{name}").OBJECT
    return obj
