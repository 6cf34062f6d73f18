"""Questions that the rules of several exports ask; each rule of `exports.rules.*` names its number and calls these.

They read these facts of a candidate's content, as `exports.objects.facts` makes them:

- `project`: `{"id", "name", "number", "origin_id", "origin_code"}`, see `facts.project_facts`;
- `lines`: `[{"name", "code", "phase", "cost_type", "segments", "amount", "description"}, ...]`, see `facts.line_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.spec import Answers, Broken, Candidate, Context
from spectrum_etl.exports.values import format_value

#: Longest change request number (ARChangeRequest: Change_Request_Number).
CHANGE_REQUEST_LENGTH = 8
#: What such a number is made of, and the same in words.
CHANGE_REQUEST_PATTERN, CHANGE_REQUEST_SAYS = "[A-Za-z0-9-]+", "letters, digits and dashes alone"
#: Statuses in which Spectrum takes no more changes of a job or phase (AddPhase, ARChangeRequest).
COMPLETE = "C"

Line = Mapping[str, Any]


def lines_of(candidate: Candidate) -> Sequence[Line]:
    """The lines of the record."""
    return candidate.content.get("lines") or ()


def linked_code(record: Mapping[str, Any], company: str) -> str | None:
    """The Spectrum code that a Procore record carries in its origin fields; None where it is not synced.

    Args:
        record: Procore fields with `origin_id` and `origin_code`. A record is synced when it has an `origin_id`
            (Procore documentation, "Using the ERP fields"); the code is `origin_code`, else what follows the company
            code in an `origin_id` such as `001:24-404`.
        company: Spectrum company code.
    """
    origin = str(record.get("origin_id") or "").strip()
    if not origin:
        return None
    code = str(record.get("origin_code") or "").strip()
    return code or own_key(origin, company) or origin


def own_key(origin: str, company: str) -> str | None:
    """What follows the company in an origin id of this package: of an export, `001:24-404`, or of an import,
    `spectrum:001:24-404`. None where the origin id is another system's.

    Args:
        origin: origin id.
        company: Spectrum company code.
    """
    for prefix in (f"{company}:", f"spectrum:{company}:"):
        if origin.startswith(prefix):
            return origin.removeprefix(prefix).strip() or None
    return None


def job_of(candidate: Candidate, context: Context) -> str | None:
    """The job that the candidate's project is synced with: by our links, else by the project's origin fields."""
    key = context.links.spectrum_key("jobs", context.company.code, candidate.id.project)
    if key:
        return key.strip()
    return linked_code(candidate.content.get("project") or {}, context.company.code)


def job_not_synced(number: str, candidate: Candidate, context: Context) -> Iterator[Broken]:
    """The project is not linked to a job, or the job is gone from Spectrum, or takes no changes any more."""
    project = candidate.content.get("project") or {}
    name = str(project.get("name") or candidate.id.project)
    job = job_of(candidate, context)
    if job is None:
        yield Broken(
            number,
            "project",
            name,
            f"{candidate.title}: project {name} is not synced with a Spectrum job",
            "export the project as a job first (export_jobs), or link it to its job, then look at Procore again",
        )
        return
    held = context.books.job(job)
    if held is None:
        yield Broken(
            number,
            "project",
            name,
            f"{candidate.title}: project {name} is linked to job {job}, which Spectrum does not have",
            f"unlink the project and link it to the right job, or restore job {job} in Spectrum",
        )
    elif held.get("Status_Code", "").strip() == COMPLETE:
        yield Broken(
            number,
            "project",
            name,
            f"{candidate.title}: job {job} has status C (complete), and Spectrum takes no changes of complete jobs",
            f"set job {job} to A (active) in Spectrum",
        )


def codes_not_synced(
    number: str,
    candidate: Candidate,
    context: Context,
    lines: Iterable[Line] | None = None,
    *,
    complete_too: bool = False,
) -> Iterator[Broken]:
    """A line has no cost code or type, or its phase and cost type are not in Spectrum's job, or are complete.

    Says nothing while the project is not synced: `job_not_synced` does.

    Args:
        number: of the rule.
        candidate: with lines, unless others are given.
        context: the books hold the job's phases.
        lines: instead of the candidate's.
        complete_too: whether a complete phase will do: it takes no costs, but an estimate (AddPhase refuses complete
            jobs, not complete phases).
    """
    job = job_of(candidate, context)
    phases = context.books.phases(job) if job and context.books.job(job) else None
    for line in lines_of(candidate) if lines is None else lines:
        phase, cost_type, name = line["phase"], line["cost_type"], line["name"]
        if not phase or not cost_type:
            missing = "cost code" if not phase else "cost type"
            yield Broken(
                number,
                f"{name}: {missing}",
                str(line["code"] or ""),
                f"{candidate.title}: {name} has no {missing}",
                f"give the line a {missing} of the list that is synced with Spectrum",
            )
        elif phases is not None:
            held = phases.get((phase, cost_type))
            if held is None:
                yield Broken(
                    number,
                    f"{name}: cost code",
                    str(line["code"]),
                    f"{candidate.title}: {name} uses phase {phase} with cost type {cost_type}, "
                    f"which job {job} does not have in Spectrum",
                    "export the project's new codes as a job first (export_jobs) and have them accepted, "
                    "or choose a synced code",
                )
            elif not complete_too and held.get("Status_Code", "").strip() == COMPLETE:
                yield Broken(
                    number,
                    f"{name}: cost code",
                    str(line["code"]),
                    f"{candidate.title}: {name} uses phase {phase} with cost type {cost_type}, "
                    f"which is complete (status C) in job {job}",
                    "set the phase to A (active) in Spectrum, or choose another code",
                )


def custom_segments(candidate: Candidate, lines: Iterable[Line] | None = None) -> Iterator[Broken]:
    """B4: a line's code has a segment besides cost code and cost type (a sub job counts as one, B3)."""
    for line in lines_of(candidate) if lines is None else lines:
        if line["segments"]:
            names = ", ".join(line["segments"])
            yield Broken(
                "B4",
                f"{line['name']}: cost code",
                str(line["code"]),
                f"{candidate.title}: {line['name']} uses the segment {names}; "
                "Spectrum knows cost code and cost type only",
                "choose a code without that segment",
            )


def no_lines(number: str, candidate: Candidate) -> Iterator[Broken]:
    """The record has no line at all."""
    if not lines_of(candidate):
        yield Broken(
            number, "lines", "0", f"{candidate.title} has no line; at least 1 is needed", "add a line with a cost code"
        )


def repeated_codes(number: str, candidate: Candidate, where: str = "a change request") -> Iterator[Broken]:
    """Two lines share phase and cost type: Spectrum keeps one of each in a change request, a budget or a job.

    Args:
        number: of the rule.
        candidate: with lines.
        where: what keeps one line of each, for the message.
    """
    first: dict[tuple[str, str], str] = {}
    for line in lines_of(candidate):
        pair = (line["phase"], line["cost_type"])
        if not all(pair):
            continue
        if pair in first:
            yield Broken(
                number,
                f"{line['name']}: cost code",
                str(line["code"]),
                f"{candidate.title}: {line['name']} and {first[pair]} share phase {pair[0]} and cost type {pair[1]}; "
                f"{where} of Spectrum takes one line of each",
                "merge the two lines, or give one another code",
            )
        first.setdefault(pair, line["name"])


def mixed_cost_types(number: str, candidate: Candidate) -> Iterator[Broken]:
    """The lines do not share one cost type (G1, H1)."""
    types = sorted({line["cost_type"] for line in lines_of(candidate) if line["cost_type"]})
    if len(types) > 1:
        yield Broken(
            number,
            "lines: cost type",
            ", ".join(types),
            f"{candidate.title}: its lines have {len(types)} cost types ({', '.join(types)}); 1 is allowed",
            "divide it, so that all lines of one record have the same cost type",
        )


def too_long(number: str, record: str, field: str, value: str, limit: int, fix: str) -> Iterator[Broken]:
    """A text is longer than Spectrum's field; nothing is ever cut.

    Args:
        number: of the rule.
        record: what the record is called.
        field: as Procore's users know it.
        value: its text.
        limit: in characters.
        fix: what to do.
    """
    if len(value) > limit:
        yield Broken(
            number, field, value, f"{record}: {field} has {len(value)} characters; Spectrum takes at most {limit}", fix
        )


def unfit(number: str, record: str, service: str, element: str, field: str, value: str) -> Iterator[Broken]:
    """A value does not fit the element that takes it, as `exports.values` knows it: length, digits, characters.

    Args:
        number: of the rule.
        record: what the record is called.
        service: e.g. `AddVendor`.
        element: e.g. `Vendor_Name`.
        field: as Procore's users know it.
        value: its text; a blank one fits.
    """
    try:
        format_value(service, element, value)
    except FixRecord as error:
        yield Broken(
            number,
            field,
            value,
            f"{record}: {field} holds {value!r}: {error.message} (Spectrum takes {error.limit})",
            f"correct the {field} in Procore; it is not shortened or rounded on the way",
        )


def amounts_unfit(number: str, candidate: Candidate, service: str, element: str) -> Iterator[Broken]:
    """A line has no amount, or one that is no number of whole cents or too long for the element that takes it."""
    for line in lines_of(candidate):
        if line["amount"]:
            yield from unfit(number, candidate.title, service, element, f"{line['name']}: amount", line["amount"])
        else:
            yield Broken(
                number,
                f"{line['name']}: amount",
                "",
                f"{candidate.title}: {line['name']} has no amount",
                "enter its amount in Procore; 0 is allowed",
            )


def number_of(answers: Answers, name: str) -> str:
    """An answer of the form, trimmed."""
    return (answers.get(name) or "").strip()


def number_taken(candidate: Candidate, answers: Answers, context: Context, name: str) -> Iterator[Broken]:
    """H2: the change request number of the form is missing, too long, or in use in the job, on whichever side.

    Numbers of commitments, prime contracts and budget changes share one space in a job. They are compared without
    case and leading zeros, as people read them: `001` beside `1` would be taken for the same request.

    Args:
        candidate: the record.
        answers: of the form.
        context: the books hold the numbers in use.
        name: the form's field.
    """
    number = number_of(answers, name)
    if not number:
        yield Broken("H2", name, "", f"{candidate.title}: no change request id was given", "type one")
        return
    yield from too_long("H2", candidate.title, name, number, CHANGE_REQUEST_LENGTH, "type a shorter one")
    if not re.fullmatch(CHANGE_REQUEST_PATTERN, number):
        yield Broken(
            "H2",
            name,
            number,
            f"{candidate.title}: change request id {number} holds more than letters, digits and dashes",
            "type one of letters, digits and dashes",
        )
    job = job_of(candidate, context)
    if job is None:
        return
    clash = next((used for used in context.books.change_request_numbers(job) if _same(used, number)), None)
    if clash is not None:
        yield Broken(
            "H2",
            name,
            number,
            f"{candidate.title}: job {job} already has a change request {clash}; commitment, prime contract and "
            "budget changes share one range of numbers",
            "type a number that the job does not use yet",
        )


def _same(one: str, other: str) -> bool:
    return one.strip().upper().lstrip("0") == other.strip().upper().lstrip("0")


def status_code_missing(number: str, candidate: Candidate, context: Context, code: str | None) -> Iterator[Broken]:
    """The settings name no change request status, or one that the company does not have.

    Where Spectrum's status codes cannot be read, any that is set is taken.
    """
    known = context.books.status_codes()
    if not code or (known and code not in known):
        allowed = f"; Spectrum has {', '.join(sorted(known))}" if known else ""
        yield Broken(
            number,
            "change_request_status",
            code or "",
            f"{candidate.title}: the settings' status of such change requests is {code or 'not set'}{allowed}",
            "set exports.change_request_status in include/settings.yaml to a status code of Spectrum",
        )
