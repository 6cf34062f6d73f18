"""How this Procore does what the reference leaves open: its switchable ways, as one call meets them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: The levels of a tool's permissions, lowest first (tutorial-user-permissions), as their ids have them.
LEVELS = ("none", "read_only", "standard", "admin")


@dataclass(frozen=True)
class Ways:
    """The ways of one call; `sandbox.fault_list_procore` says what each means and what it rests on.

    Args:
        most_updates: that a sync call takes.
        sync_stops: after so many updates a sync call ends; None: it does all.
        multi_status: whether a sync call with refused updates is answered with 207.
        new_projects_seen: whether a project is visible to the account that created it.
        unseen: the status of a project that the account may not see.
        required: by kind, the field that a configurable field set requires.
        validates: whether such fields are looked at unless a call says no.
        finds_any_case, unique_any_case: what upper and lower case of an origin id make no difference to.
        foreign: which origin ids of another integration can be replaced.
        unique_names: kinds whose names may not repeat.
        inactive_listed, inactive_writable: what is seen of inactive companies.
        inactive_shown: whether an inactive company is shown where it is asked for.
        inactive_flagged: whether the list of inactive companies says that they are.
        text_tidied: whether accents are composed and blanks around text removed.
        erp_flag: what becomes of `erp_integrated`.
        full_standard_codes: whether standard codes are written with those of their parents.
        active_tools_alone: whether the list of tools shows active ones alone.
        midnight_days: whether days are written with a time.
        prime_origin_filter: whether the list of prime contracts is filtered by origin id.
        approved_lines: whether lines of an Approved prime contract can be written.
        prime_line_codes: whether a line of a prime contract needs a budget code.
        budget_sync: what becomes of a budget line that is sent without id and is there already.
        fixed_direct_costs: whether amounts stay as they are in a direct cost with an origin id.
        deleted_keep_origin: whether a deleted direct cost keeps its origin id.
        direct_costs_shown: whether a tool that is switched off is still answered.
        access: level by tool; a tool that is not named has `admin`.
    """

    most_updates: int = 1_000
    sync_stops: int | None = None
    multi_status: bool = False
    new_projects_seen: bool = False
    unseen: int = 403
    required: Mapping[str, str] = field(default_factory=dict)
    validates: bool = False
    finds_any_case: bool = False
    unique_any_case: bool = False
    foreign: str = "marked"
    unique_names: frozenset[str] = frozenset()
    inactive_listed: bool = True
    inactive_writable: bool = True
    inactive_shown: bool = True
    inactive_flagged: bool = True
    text_tidied: bool = False
    erp_flag: str = "accepted"
    full_standard_codes: bool = False
    active_tools_alone: bool = False
    midnight_days: bool = False
    prime_origin_filter: bool = True
    approved_lines: bool = False
    prime_line_codes: bool = False
    budget_sync: str = "by_code"
    fixed_direct_costs: bool = False
    deleted_keep_origin: bool = True
    direct_costs_shown: bool = False
    access: Mapping[str, str] = field(default_factory=dict)


_KINDS_OF_NAMES = {
    "none": frozenset[str](),
    "companies": frozenset({"vendor"}),
    "projects": frozenset({"project"}),
    "both": frozenset({"vendor", "project"}),
}


def read_ways(get: Callable[[str], str | None], sync_stops: str | None) -> Ways:
    """Read the ways from the switches.

    Args:
        get: the value of a switch by its name.
        sync_stops: after how many updates this call stops, used up already.
    """
    case, required = get("procore_origin_case"), get("procore_required_field")
    kind, _, name = (required or "").partition(".")
    return Ways(
        most_updates=int(get("procore_most_updates") or 0),
        sync_stops=None if sync_stops is None else int(sync_stops),
        multi_status=get("procore_multi_status") is not None,
        new_projects_seen=get("procore_new_projects") == "permitted",
        unseen=int(get("procore_unseen") or 403),
        required={kind: name} if name else {},
        validates=get("procore_validates") == "on",
        finds_any_case=case == "ignored",
        unique_any_case=case in {"ignored", "unique_ignores"},
        foreign=get("procore_foreign_origin") or "",
        unique_names=_KINDS_OF_NAMES[get("procore_unique_names") or "none"],
        inactive_listed=get("procore_inactive_listed") == "on",
        inactive_writable=get("procore_inactive_writable") == "on",
        inactive_shown=get("procore_inactive_shown") == "on",
        inactive_flagged=get("procore_inactive_flag") == "on",
        text_tidied=get("procore_text") == "tidied",
        erp_flag=get("procore_erp_integrated") or "",
        full_standard_codes=get("procore_standard_code") == "full",
        active_tools_alone=get("procore_tools") == "active",
        midnight_days=get("procore_days") == "midnight",
        prime_origin_filter=get("procore_prime_origin_filter") == "on",
        approved_lines=get("procore_approved_lines") == "writable",
        prime_line_codes=get("procore_prime_line_codes") == "required",
        budget_sync=get("procore_budget_sync") or "",
        fixed_direct_costs=get("procore_direct_cost_amounts") == "fixed",
        deleted_keep_origin=get("procore_deleted_origin") == "kept",
        direct_costs_shown=get("procore_direct_costs_off") == "shown",
        access=_levels(get("procore_access") or ""),
    )


def _levels(text: str) -> dict[str, str]:
    """Read `directory=read_only,budget=none`.

    Raises:
        ValueError: a level that does not exist.
    """
    levels = {}
    for part in filter(None, text.split(",")):
        tool, _, level = part.strip().partition("=")
        if level not in LEVELS:
            raise ValueError(f"procore_access: {part!r} is no TOOL=LEVEL with a level of {', '.join(LEVELS)}")
        levels[tool] = level
    return levels
