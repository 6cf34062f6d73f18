"""The service account's permissions on Procore's tools: what each call needs, and the manifest that shows them.

Certain: four levels for each tool of a company or project, and a manifest of them (settings/permissions). Certain too
that writing companies of the directory needs its admin level. Assumed: names and ids of the tools, which level other
calls need.
"""

from typing import Any

from sandbox.procore.answers import ApiError
from sandbox.procore.ways import LEVELS, Ways

#: Tools of a company and of a project: name, and what people call it.
COMPANY_TOOLS = (
    ("portfolio", "Portfolio"),
    ("directory", "Directory"),
    ("admin", "Admin"),
    ("erp_integrations", "ERP Integrations"),
)
PROJECT_TOOLS = (
    ("home", "Home"),
    ("directory", "Directory"),
    ("budget", "Budget"),
    ("prime_contracts", "Prime Contracts"),
    ("commitments", "Commitments"),
    ("change_orders", "Change Orders"),
    ("direct_costs", "Direct Costs"),
    ("admin", "Admin"),
)
#: Part of the path, the tool it belongs to, the level that reads and the one that writes; the first one counts.
_NEEDS = (
    ("/vendors", "directory", "read_only", "admin"),
    ("/budget", "budget", "read_only", "standard"),
    ("/prime_contract", "prime_contracts", "read_only", "standard"),
    ("/prime_change_orders", "prime_contracts", "read_only", "standard"),
    ("_contracts", "commitments", "read_only", "standard"),
    ("/direct_costs", "direct_costs", "read_only", "standard"),
    ("/standard_cost_code", "admin", "read_only", "admin"),
    ("/line_item_types", "admin", "none", "admin"),
    ("/cost_codes", "admin", "none", "standard"),
    ("/work_breakdown_structure", "admin", "none", "standard"),
    ("/project", "portfolio", "none", "admin"),
)


def check(ways: Ways, method: str, path: str) -> None:
    """Refuse a call that the account's level does not allow.

    Raises:
        ApiError: 403.
    """
    for part, tool, reads, writes in _NEEDS:
        if part in path:
            needed = reads if method == "GET" else writes
            if LEVELS.index(level(ways, tool)) < LEVELS.index(needed):
                raise ApiError(403, "You do not have permission to perform this action")
            return


def level(ways: Ways, tool: str) -> str:
    """Return the account's level on a tool."""
    return ways.access.get(tool, "admin")


def manifest(ways: Ways, tools: tuple[tuple[str, str], ...], off: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the manifest of the tools (endpoints: Show permission manifest).

    Args:
        ways: with the account's levels.
        tools: of the company or the project.
        off: those that are switched off, which are left out.
    """
    shown = []
    for place, (name, title) in enumerate(tools, start=1):
        if name in off:
            continue
        held = level(ways, name)
        shown.append(
            {
                "id": place,
                "name": name,
                "friendly_name": title,
                "domain_id": place,
                "tab_group": "core",
                "available_for_user": held != "none",
                "url": None,
                "user_access_level": {"id": LEVELS.index(held) + 1, "name": held},
                "permitted_actions": [],
                "create_url": None,
                "can_create": held in {"standard", "admin"},
                "trial": False,
            }
        )
    return {"tools": shown}
