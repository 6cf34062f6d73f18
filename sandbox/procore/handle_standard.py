"""Handlers of the stand-in Procore: lists of standard cost codes, their codes, and copies of these in projects.

Certain: the views of the codes (the default one has two ids), that a list made an ERP list stays one, that a copy
answers 201, or 207 with what failed, and needs the ancestors too. Assumed: what `failures` says of a code.
"""

from collections.abc import Sequence

from sandbox.procore import shapes_codes as codes
from sandbox.procore.answers import Answer, ApiError, invalid
from sandbox.procore.calls import Call, Handler, Present
from sandbox.procore.store import Record
from sandbox.procore.writes import change, create, sync

_ORIGIN_ID = {"origin_id": "origin_id"}
_VIEWS: dict[str, Present] = {
    "default": codes.standard_code_ids,
    "compact": codes.standard_code_origin,
    "extended": codes.standard_code,
}


def codes_of(call: Call, list_id: int | None) -> list[Record]:
    """Return the standard codes of a list, parents before their children."""
    if list_id is None:
        return []
    found = call.store.children("standard_cost_code", [list_id])
    above = {code.id: code["parent_id"] for code in found}

    def depth(code: Record) -> int:
        parent, steps = above[code.id], 0
        while parent is not None:
            parent, steps = above.get(parent), steps + 1
        return steps

    return sorted(found, key=depth)


def copy_codes(call: Call, project: Record, wanted: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """Copy standard codes into a project.

    Args:
        call: the call.
        project: where to.
        wanted: parents before their children.

    Returns:
        The codes of the project that were made, and the full codes of those that could not be: the project has them
        already, or the parent is missing.
    """
    held = {code["standard_cost_code_id"]: code for code in call.store.all("cost_code", call.company_id, project.id)}
    taken = {codes.full_code(call.store, code) for code in held.values()}
    made: list[Record] = []
    failures: list[str] = []
    for standard in wanted:
        full, above = codes.full_code(call.store, standard), standard["parent_id"]
        if full in taken or (above is not None and above not in held):
            failures.append(full)
            continue
        fields = {
            "name": standard["name"],
            "code": standard["code"],
            "parent_id": held[above].id if above is not None else None,
            "standard_cost_code_id": standard.id,
            "budgeted": False,
            "line_item_type_ids": [],
        }
        held[standard.id] = call.store.insert("cost_code", call.company_id, fields, project.id)
        taken.add(full)
        made.append(held[standard.id])
    return made, failures


def _lists(call: Call) -> Answer:
    call.company()
    return call.page("standard_cost_code_list", codes.code_list)


def _create_list(call: Call) -> Answer:
    call.company()
    made = create(call, "standard_cost_code_list", call.sent("standard_cost_code_list"))
    return Answer({"company_id": call.company_id, **codes.code_list(call.store, made)}, 201)


def _change_list(call: Call) -> Answer:
    call.company()
    found = call.find(call.number("id"), "standard_cost_code_list")
    sent = call.sent("standard_cost_code_list")
    if found["is_erp_list"] and sent.get("is_erp_list") is False:
        raise invalid(is_erp_list="cannot be set to false once enabled")
    return Answer({"company_id": call.company_id, **codes.code_list(call.store, change(call, found, sent))})


def _list_of(call: Call) -> Record:
    call.company()
    return call.find(call.number("standard_cost_code_list_id"), "standard_cost_code_list")


def _view(call: Call, otherwise: str) -> Present:
    name = call.query.get("view", otherwise)
    if name not in _VIEWS:
        raise ApiError(400, "view does not have a valid value")
    return _VIEWS[name]


def _standard_codes(call: Call) -> Answer:
    found = _list_of(call)
    call.store.children("standard_cost_code", [found.id])
    return call.page("standard_cost_code", _view(call, "default"), parent=found, filters=_ORIGIN_ID)


def _create_standard_code(call: Call) -> Answer:
    made = create(call, "standard_cost_code", call.sent("standard_cost_code"), parent=_list_of(call))
    return Answer(codes.standard_code(call.store, made), 201)


def _sync_standard_codes(call: Call) -> Answer:
    return sync(call, "standard_cost_code", _view(call, "extended"), parent=_list_of(call))


def _copy_subset(call: Call) -> Answer:
    found, project = _list_of_body(call), call.project()
    ids = call.body.get("standard_cost_code_ids")
    if not isinstance(ids, list) or not ids:
        raise ApiError(400, "param is missing or the value is empty: standard_cost_code_ids")
    wanted = [code for code in codes_of(call, found.id) if code.id in set(ids)]
    made, failures = copy_codes(call, project, wanted)
    known = {code.id for code in wanted}
    failures += [str(each) for each in ids if each not in known]
    shown = [codes.cost_code(call.store, code) for code in made]
    return Answer({"successes": shown, "failures": failures}, 207 if failures else 201)


def _list_of_body(call: Call) -> Record:
    """The list of a call that names no company."""
    return call.find(call.number("standard_cost_code_list_id"), "standard_cost_code_list")


def _segment_lists(call: Call) -> Answer:
    """The lists again, by their newer path: only the segment of cost codes has some here."""
    call.company()
    if call.find(call.number("segment_id"), "segment")["type"] != "cost_code":
        return Answer([])
    return call.page("standard_cost_code_list", codes.segment_list, paged=False)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/rest/v1.0/standard_cost_code_lists", _lists),
    ("POST", "/rest/v1.0/standard_cost_code_lists", _create_list),
    ("PATCH", "/rest/v1.0/standard_cost_code_lists/{id:int}", _change_list),
    ("GET", "/rest/v1.0/standard_cost_codes", _standard_codes),
    ("POST", "/rest/v1.0/standard_cost_codes", _create_standard_code),
    ("PATCH", "/rest/v1.0/standard_cost_codes/sync", _sync_standard_codes),
    ("POST", "/rest/v1.0/cost_codes/copy_subset_from_standard_list", _copy_subset),
    (
        "GET",
        "/rest/v1.0/companies/{company_id:int}/work_breakdown_structure/segments/{segment_id:int}/lists",
        _segment_lists,
    ),
)
