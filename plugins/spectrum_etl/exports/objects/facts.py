"""Procore's records turned into the facts that a candidate's content holds: codes, lines, projects, money as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from spectrum_etl.exports.numbers import number_of
from spectrum_etl.exports.objects.texts import text_of
from spectrum_etl.exports.spec import Candidate, RecordFilter, Skipped
from spectrum_etl.model.characters import escaped
from spectrum_etl.sources.faults import NotAllowed, NotFound, UnknownHost
from spectrum_etl.sources.procore import resources
from spectrum_etl.sources.procore.client import ProcoreClient

#: Types of segments that Spectrum has a counterpart for; the line item type is what Spectrum calls cost type.
COST_CODE, COST_TYPE = "cost_code", "line_item_type"
_SEPARATORS = str.maketrans("", "", "-. /")
_CENT = Decimal("0.01")

Json = dict[str, Any]


def found(resource: Callable[..., Json], client: ProcoreClient, *ids: str) -> Json | None:
    """One record of Procore by `resources.vendor` or its like; None where it is gone, deleted or no longer visible."""
    try:
        record = resource(client, *ids)
    except NotFound:
        return None
    return None if record.get("deleted_at") else record


def named_projects(only: RecordFilter) -> list[dict[str, str]]:
    """The projects that the trigger form names, where a record is a project: only by their ids, each once."""
    return [{"id": id} for id in dict.fromkeys((*only.projects, *only.records))]


def of_each(
    client: ProcoreClient,
    projects: Iterable[Mapping[str, Any]],
    collected: Callable[[Mapping[str, Any]], Iterable[Candidate]],
) -> Iterator[Candidate | Skipped]:
    """The candidates of one project after the other; one that Procore does not let be read is skipped.

    Each project has its own tools and permissions: the service account may lack one, or the tool may be switched off.

    Args:
        client: of Procore.
        projects: as Procore lists them, or only their ids.
        collected: the candidates of one.

    Raises:
        SourceFault: none could be read, so it is not about one project.
    """
    refused, read = None, False
    for project in projects:
        try:
            yield from collected(project)
            read = True
        except (NotAllowed, UnknownHost, NotFound) as error:
            refused = error
            id = text(project["id"])
            reason = (
                f"project {text(project.get('name')) or _name(client, id)} is left out: {error.message}. What to do:"
                " switch the tool on in this project and let the service account's permission template read it, or take"
                " the project off the service account's permitted projects"
            )
            yield Skipped(id, escaped(reason))
    if refused is not None and not read:
        raise refused


def _name(client: ProcoreClient, project: str) -> str:
    try:
        return text((found(resources.project, client, project) or {}).get("name")) or project
    except (NotAllowed, UnknownHost):
        return project


def text(value: Any) -> str:
    """A Procore value as trimmed text; nothing as an empty one. Ids, numbers and codes all become text."""
    return "" if value is None else str(value).strip()


def money(value: Any) -> str:
    """An amount as text with two decimals, exactly.

    Args:
        value: as Procore sends it: text or a JSON number.

    Returns:
        e.g. `1250.00`; empty where Procore has no amount; `0` is an amount. What is no number of whole cents stays
        as it is, for `rules.common.amounts_fit` to report.
    """
    shown = text(value)
    amount = number_of(shown)
    try:
        exact = None if amount is None else amount.quantize(_CENT)
    except InvalidOperation:
        exact = None  # more digits than can be counted with
    return shown if exact is None or amount != exact else f"{exact + 0:.2f}"


def phase_code(code: str) -> str:
    """Procore's cost code as Spectrum's phase code: upper case, without separators.

    Spectrum stores and takes phase codes without dashes; the job's phase mask adds them for people
    (AddPhase: "send without dashes").
    """
    return text(code).translate(_SEPARATORS).upper()


def origin_facts(record: Mapping[str, Any]) -> Json:
    """Which record it is, and what it is synced with."""
    return {name: text(record.get(name)) for name in ("id", "origin_id", "origin_code")}


def called(record: Mapping[str, Any], resource: str, otherwise: str = "") -> str:
    """What people call a numbered record: number and title, as far as it has them.

    Args:
        record: as Procore sends it.
        resource: what it is, for `texts.text_of`.
        otherwise: where it has neither.
    """
    names = (text(record.get("number")), text_of(resource, record, "title"))
    return " ".join(filter(None, names)) or otherwise


def project_facts(project: Mapping[str, Any]) -> Json:
    """What the rules need of a project, whatever they are about."""
    return {
        **origin_facts(project),
        "name": text_of("project", project, "name"),
        "number": text_of("project", project, "project_number"),
    }


class WbsCodes:
    """The budget codes of one project by id, for records that name a code by `wbs_code_id` only.

    Args:
        codes: as `resources.wbs_codes` gives them, with their segment items.
    """

    def __init__(self, codes: Iterable[Mapping[str, Any]]) -> None:
        self._codes = {text(code.get("id")): code_facts(code) for code in codes}

    def facts(self, wbs_code_id: Any) -> Json:
        """Code, phase, cost type and further segments of one code; empty ones where the project does not list it."""
        return dict(self._codes.get(text(wbs_code_id)) or _code("", "", "", []))


def code_facts(wbs_code: Mapping[str, Any]) -> Json:
    """Code, phase, cost type and further segments of one budget code (`wbs_code`) with its segment items."""
    phase = cost_type = ""
    others: list[str] = []
    for item in wbs_code.get("segment_items") or ():
        segment = item.get("segment") or {}
        kind = text(segment.get("type") or item.get("segment_type"))
        if kind == COST_CODE:
            phase = phase_code(item.get("path_code") or item.get("code") or "")
        elif kind == COST_TYPE:
            cost_type = text(item.get("code")).upper()
        else:
            others.append(text(segment.get("name") or kind))
    return _code(text(wbs_code.get("flat_code")), phase, cost_type, others)


def line_facts(line: Mapping[str, Any], wbs: WbsCodes, position: int, amount: Any) -> Json:
    """One line of a contract, change order or budget change.

    Args:
        line: as Procore sends it: with `cost_code` and `line_item_type`, or with `wbs_code` or `wbs_code_id`.
        wbs: the budget codes of the project.
        position: counted from 1, for its name.
        amount: of the line, as Procore sends it.
    """
    own = line.get("wbs_code") or {}
    facts = wbs.facts(own.get("id") or line.get("wbs_code_id"))
    cost_code, cost_type = line.get("cost_code") or {}, line.get("line_item_type") or {}
    if cost_code:
        facts["phase"] = phase_code(cost_code.get("full_code") or cost_code.get("code") or "")
    if cost_type:
        facts["cost_type"] = text(cost_type.get("code")).upper()
    facts["code"] = (
        facts["code"]
        or text(own.get("flat_code"))
        or ".".join(part for part in (text(cost_code.get("full_code")), text(cost_type.get("code"))) if part)
    )
    return {
        "id": text(line.get("id")),
        "name": f"line {position}",
        "description": text_of("line_item", line, "description"),
        "amount": money(amount),
        **facts,
    }


def _code(code: str, phase: str, cost_type: str, segments: list[str]) -> Json:
    return {"code": code, "phase": phase, "cost_type": cost_type, "segments": segments}
