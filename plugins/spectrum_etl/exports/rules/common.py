"""Checks that several exports share; their specs give each its number in the requirements.

They read these facts of a candidate's content, as `exports.objects.facts` makes them:

- `project`: `{"id", "name", "number", "origin_id", "origin_code"}`, see `facts.project_facts`;
- `lines`: `[{"name", "code", "phase", "cost_type", "segments", "amount", "description"}, ...]`, see `facts.line_facts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spectrum_etl.errors import FixRecord
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem
from spectrum_etl.exports.spectrum.values import format_value

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


def project_is_synced(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project is synced with a job that Spectrum has and that takes changes."""
    project = candidate.content.get("project") or {}
    name = str(project.get("name") or candidate.id.project)
    job = job_of(candidate, context)
    if job is None:
        yield Problem(
            "project",
            name,
            f"{candidate.title}: project {name} is not synced with a Spectrum job",
            "export the project as a job first (export_jobs), or link it to its job, then look at Procore again",
        )
        return
    current = context.spectrum.job(job)
    if current is None:
        yield Problem(
            "project",
            name,
            f"{candidate.title}: project {name} is linked to job {job}, which Spectrum does not have",
            f"unlink the project and link it to the right job, or restore job {job} in Spectrum",
        )
    elif current.get("Status_Code", "").strip() == COMPLETE:
        yield Problem(
            "project",
            name,
            f"{candidate.title}: job {job} has status C (complete), and Spectrum takes no changes of complete jobs",
            f"set job {job} to A (active) in Spectrum",
        )


def codes_are_synced(candidate: Candidate, context: Context, *, complete_too: bool = False) -> Iterator[Problem]:
    """Every line has a cost code and a cost type, and Spectrum's job has both, not complete.

    Says nothing of the job while the project is not synced: `project_is_synced` does.

    Args:
        candidate: with lines.
        context: knows the job's phases.
        complete_too: whether a complete phase will do: it takes no costs, but an estimate (AddPhase refuses complete
            jobs, not complete phases).
    """
    job = job_of(candidate, context)
    phases = context.spectrum.phases(job) if job and context.spectrum.job(job) else None
    for line in lines_of(candidate):
        phase, cost_type, name = line["phase"], line["cost_type"], line["name"]
        if not phase or not cost_type:
            missing = "cost code" if not phase else "cost type"
            yield Problem(
                f"{name}: {missing}",
                str(line["code"] or ""),
                f"{candidate.title}: {name} has no {missing}",
                f"give the line a {missing} of the list that is synced with Spectrum",
            )
        elif phases is not None:
            current = phases.get((phase, cost_type))
            if current is None:
                yield Problem(
                    f"{name}: cost code",
                    str(line["code"]),
                    f"{candidate.title}: {name} uses phase {phase} with cost type {cost_type}, "
                    f"which job {job} does not have in Spectrum",
                    "export the project's new codes as a job first (export_jobs) and have them accepted, "
                    "or choose a synced code",
                )
            elif not complete_too and current.get("Status_Code", "").strip() == COMPLETE:
                yield Problem(
                    f"{name}: cost code",
                    str(line["code"]),
                    f"{candidate.title}: {name} uses phase {phase} with cost type {cost_type}, "
                    f"which is complete (status C) in job {job}",
                    "set the phase to A (active) in Spectrum, or choose another code",
                )


def no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No line's code has a segment besides cost code and cost type (a sub job counts as one, B3)."""
    for line in lines_of(candidate):
        if line["segments"]:
            names = ", ".join(line["segments"])
            yield Problem(
                f"{line['name']}: cost code",
                str(line["code"]),
                f"{candidate.title}: {line['name']} uses the segment {names}; "
                "Spectrum knows cost code and cost type only",
                "choose a code without that segment",
            )


def has_a_line(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """There is at least one line."""
    if not lines_of(candidate):
        yield Problem(
            "lines", "0", f"{candidate.title} has no line; at least 1 is needed", "add a line with a cost code"
        )


def codes_are_distinct(
    candidate: Candidate, context: Context, *, within: str = "a change request"
) -> Iterator[Problem]:
    """No two lines have the same phase and cost type: Spectrum keeps one of each.

    Args:
        candidate: with lines.
        context: not looked at.
        within: what keeps one line of each, for the message.
    """
    first: dict[tuple[str, str], str] = {}
    for line in lines_of(candidate):
        pair = (line["phase"], line["cost_type"])
        if not all(pair):
            continue
        if pair in first:
            yield Problem(
                f"{line['name']}: cost code",
                str(line["code"]),
                f"{candidate.title}: {line['name']} and {first[pair]} share phase {pair[0]} and cost type {pair[1]}; "
                f"{within} of Spectrum takes one line of each",
                "merge the two lines, or give one another code",
            )
        first.setdefault(pair, line["name"])


def has_one_cost_type(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """All lines share one cost type."""
    types = sorted({line["cost_type"] for line in lines_of(candidate) if line["cost_type"]})
    if len(types) > 1:
        yield Problem(
            "lines: cost type",
            ", ".join(types),
            f"{candidate.title}: its lines have {len(types)} cost types ({', '.join(types)}); 1 is allowed",
            "divide it, so that all lines of one record have the same cost type",
        )


def too_long(record: str, field: str, value: str, limit: int, fix: str) -> Iterator[Problem]:
    """A text is longer than Spectrum's field; nothing is ever cut.

    Args:
        record: what the record is called.
        field: as Procore's users know it.
        value: its text.
        limit: in characters.
        fix: what to do.
    """
    if len(value) > limit:
        yield Problem(
            field, value, f"{record}: {field} has {len(value)} characters; Spectrum takes at most {limit}", fix
        )


def unfit(record: str, service: str, element: str, field: str, value: str) -> Iterator[Problem]:
    """A value does not fit its element, as `exports.spectrum.values` knows it: length, digits, characters.

    Args:
        record: what the record is called.
        service: e.g. `AddVendor`.
        element: e.g. `Vendor_Name`.
        field: as Procore's users know it.
        value: its text; a blank one fits.
    """
    try:
        format_value(service, element, value)
    except FixRecord as error:
        yield Problem(
            field,
            value,
            f"{record}: {field} holds {value!r}: {error.message} (Spectrum takes {error.limit})",
            f"correct the {field} in Procore; it is not shortened or rounded on the way",
        )


def amounts_fit(candidate: Candidate, context: Context, *, service: str, element: str) -> Iterator[Problem]:
    """Every line has an amount that Spectrum takes; 0 does.

    Args:
        candidate: with lines.
        context: not looked at.
        service: e.g. `AddPhase`.
        element: that takes the amount.
    """
    for line in lines_of(candidate):
        if line["amount"]:
            yield from unfit(candidate.title, service, element, f"{line['name']}: amount", line["amount"])
        else:
            yield Problem(
                f"{line['name']}: amount",
                "",
                f"{candidate.title}: {line['name']} has no amount",
                "enter its amount in Procore; 0 is allowed",
            )


def answer_of(answers: Answers, name: str) -> str:
    """An answer of the form, trimmed."""
    return (answers.get(name) or "").strip()
