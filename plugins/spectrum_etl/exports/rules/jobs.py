"""When a Procore project may become a Spectrum job, and its new codes phases of it.

They read these facts besides those of `rules.common`: `created_on`, `list`, the address, and `codes`:
`[{"code", "phase", "description", "cost_types", "sub_job"}, ...]`, the codes that have no codes below them; `segments`,
names of those besides cost code and cost type, and, where there are any, `segmented`: phase and cost type of the budget
codes that the project has with such a segment only.
A project that is not linked becomes a job with all its codes; of a linked one the codes that its job lacks are added,
as far as Spectrum knows their like: a code of a sub job, or one with a custom segment, keeps none of the others back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from spectrum_etl.exports.rules import address
from spectrum_etl.exports.rules.common import answer_of, job_of, project_is_synced, too_long, unfit
from spectrum_etl.exports.spec import Answers, Candidate, Context, Problem
from spectrum_etl.exports.spectrum import Spectrum
from spectrum_etl.exports.spectrum.services import SERVICES
from spectrum_etl.exports.spectrum.values import Unchanged

#: What the template job has to supply, and how people call it (D2). The cost center may be blank: Spectrum takes one
#: only where the company works with cost centers.
TEMPLATE = {"Division": "division", "Customer_Code": "customer", "Price_Method_Code": "price method code"}

Code = Mapping[str, Any]
Pair = tuple[Code, str]


def is_new(candidate: Candidate, context: Context) -> bool:
    """Whether the project becomes a job; else it has one, and only its new codes are exported (B5)."""
    return job_of(candidate, context) is None


def pairs_to_add(candidate: Candidate, context: Context) -> list[Pair]:
    """The codes and cost types that are sent: all of them for a new job, else those that it lacks and may have."""
    pairs = lacking(candidate, context)
    if is_new(candidate, context):
        return pairs
    return [pair for pair in pairs if not pair[0]["sub_job"] and not _is_segmented(candidate, *pair)]


def lacking(candidate: Candidate, context: Context) -> list[Pair]:
    """The codes and cost types that Spectrum lacks: all of them for a new job."""
    job = job_of(candidate, context)
    current = context.spectrum.phases(job) if job else {}
    pairs = ((code, kind) for code in candidate.content["codes"] for kind in code["cost_types"])
    return [(code, kind) for code, kind in pairs if (code["phase"], kind) not in current]


def description_of(code: Code, context: Context, job: str | None) -> str:
    """A phase's description: Spectrum's own where the job has the phase, since AddPhase renames all of a phase (B2)."""
    current = context.spectrum.phases(job) if job else {}
    own = (Unchanged(row["Description"].strip()) for (phase, _), row in current.items() if phase == code["phase"])
    return next(own, code["description"])


def template_of(context: Context) -> dict[str, str] | None:
    """The template job of the company, or None where none is set or Spectrum does not have it."""
    number = context.settings.exports.template_job.get(context.company.code)
    return context.spectrum.job(number) if number else None


def began_after_the_connection(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """A project that existed before the connection, or whose job exists already, is linked by hand, not exported."""
    if not is_new(candidate, context):
        return
    since, created = context.settings.exports.connected_on, candidate.content["created_on"]
    if since is not None and created and created < since.isoformat():
        yield Problem(
            "created at",
            created,
            f"{candidate.title} was created on {created}, before the connection of {since.isoformat()}; projects in "
            "progress are not exported",
            "link the project to its job by hand",
        )
    number = candidate.content["project"]["number"]
    if number and context.spectrum.job(number) is not None:
        yield Problem(
            "project number",
            number,
            f"{candidate.title}: Spectrum already has a job {number}, the project's own number",
            f"link the project to job {number} by hand, or correct the project number in Procore",
        )


def template_is_complete(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The template job is set, exists, and has everything that a new job takes from it.

    Its taxable flag is proposed in the form: web services do not tell it, and not every site's Info-Link shows it.
    """
    if not is_new(candidate, context):
        return
    company = context.company.code
    number = context.settings.exports.template_job.get(company)
    template = template_of(context)
    if not number or template is None:
        yield Problem(
            "template_job",
            number or "",
            f"{candidate.title}: "
            + (f"Spectrum has no job {number}, the template" if number else "no template job is set")
            + f" for company {company}",
            "set exports.template_job in include/settings.yaml to the job of the company that new jobs are to copy",
        )
        return
    for element, name in TEMPLATE.items():
        if not template.get(element, "").strip():
            yield Problem(
                f"template job: {name}",
                "",
                f"{candidate.title}: template job {number} has no {name}, which a new job takes from it",
                f"give job {number} a {name} in Spectrum, or name another template job in the settings",
            )


def codes_have_cost_types(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Every cost code of a new job has a cost type, and there is one at all."""
    if not is_new(candidate, context):
        return
    codes = candidate.content["codes"]
    if not codes:
        yield Problem(
            "cost codes", "0", f"{candidate.title} has no cost code; at least 1 is needed", "add its cost codes"
        )
    for code in codes:
        if not code["cost_types"]:
            yield Problem(
                "cost code",
                code["code"],
                f"{candidate.title}: cost code {code['code']} ({code['description']}) has no cost type; 1 is needed",
                "assign a cost type to the code, or remove the code from the project",
            )


def name_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project's name has at most 25 characters, and there is one."""
    if not is_new(candidate, context):
        return
    name = candidate.content["project"]["name"]
    if not name:
        yield Problem("name", "", f"{candidate.title} has no name", "name the project in Procore")
    yield from unfit(candidate.title, "AddJob", "Job_Description", "name", name)


def address_fits(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Every part of the job's address fits; nothing is cut."""
    if is_new(candidate, context):
        yield from address.address_fits(candidate, context, service="AddJob", city="City")


def uses_the_list(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The project uses the one standard cost code list that comes from Spectrum."""
    wanted, used = context.settings.exports.standard_cost_code_list, candidate.content["list"]
    if is_new(candidate, context) and used != wanted:
        yield Problem(
            "standard cost code list",
            used,
            f"{candidate.title} uses the cost code list {used or 'none'}; only {wanted} can be exported",
            f"set the cost code list of the project to {wanted}",
        )


def no_sub_jobs(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No code belongs to a sub job. Of a synced project such codes are left out, as long as others are new."""
    if not is_new(candidate, context) and pairs_to_add(candidate, context):
        return
    codes = candidate.content["codes"]
    new = codes if is_new(candidate, context) else [code for code, _ in lacking(candidate, context)]
    for code in codes:
        if code["sub_job"] and code in new:
            yield Problem(
                "cost code",
                code["code"],
                f"{candidate.title}: cost code {code['code']} belongs to a sub job; sub jobs are not supported",
                "move the code to the project itself",
            )


def no_custom_segments(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No budget code of a new job has a segment besides cost code and cost type.

    Of a synced project, codes that it has with such a segment only are left out, as long as others are new.
    """
    if not is_new(candidate, context):
        yield from _new_segmented(candidate, context)
        return
    for segment in candidate.content["segments"]:
        yield Problem(
            "budget code segment",
            segment,
            f"{candidate.title} has budget codes with the segment {segment}; "
            "Spectrum knows cost code and cost type only",
            "take the segment off the project's budget codes",
        )


def _new_segmented(candidate: Candidate, context: Context) -> Iterator[Problem]:
    if pairs_to_add(candidate, context):
        return
    for code, kind in lacking(candidate, context):
        if _is_segmented(candidate, code, kind):
            yield Problem(
                f"cost code {code['code']}: budget code segment",
                f"{code['code']}.{kind}",
                f"{candidate.title}: the project has cost code {code['code']} with cost type {kind} only together with "
                "another segment; Spectrum knows cost code and cost type only",
                "add the budget code without that segment, or leave it: it does not hold up the other codes",
            )


def _is_segmented(candidate: Candidate, code: Code, kind: str) -> bool:
    return [code["phase"], kind] in candidate.content.get("segmented", ())


def job_takes_codes(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """The job of a synced project exists, is not complete, and lacks at least one of the project's codes."""
    if is_new(candidate, context):
        return
    broken = list(project_is_synced(candidate, context))
    yield from broken
    if not broken and not lacking(candidate, context):
        yield Problem(
            "cost codes",
            "0 new",
            f"{candidate.title}: job {job_of(candidate, context)} has all codes and cost types of the project",
            "nothing to do",
        )


def phases_are_distinct(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """No two codes become the same phase that is sent, whose one description they would fight about."""
    first: dict[str, str] = {}
    sent = {code["phase"] for code, _ in pairs_to_add(candidate, context)}
    for code in candidate.content["codes"]:
        other = first.setdefault(code["phase"], code["code"])
        if other != code["code"] and (code["phase"] in sent or is_new(candidate, context)):
            yield Problem(
                "cost code",
                code["code"],
                f"{candidate.title}: cost codes {other} and {code['code']} are both phase {code['phase']} in Spectrum",
                "give one of them another code",
            )


def codes_fit(candidate: Candidate, context: Context) -> Iterator[Problem]:
    """Phase, cost type and description of every code to be added fit, and the company has the cost type."""
    job, known = job_of(candidate, context), context.spectrum.cost_types()
    seen: set[str] = set()
    for code, kind in pairs_to_add(candidate, context):
        name, phase = f"cost code {code['code']}", code["phase"]
        if phase not in seen:
            seen.add(phase)
            yield from unfit(candidate.title, "AddPhase", "Phase_Code", name, phase)
            description = description_of(code, context, job)
            yield from unfit(candidate.title, "AddPhase", "Description", f"{name}: description", description)
            if not phase or not description:
                yield Problem(
                    name,
                    code["code"],
                    f"{candidate.title}: {name} has no {'code' if not phase else 'description'}",
                    "correct the cost code in Procore",
                )
        if known and kind not in known:
            yield Problem(
                f"{name}: cost type",
                kind,
                f"{candidate.title}: {name} has the cost type {kind}, which Spectrum does not have; "
                f"it has {', '.join(sorted(known))}",
                "choose a cost type that came from Spectrum",
            )


def job_number_is_free(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The job id has at most 10 letters, digits, dashes or dots, and Spectrum has no such job."""
    if not is_new(candidate, context):
        return
    number = answer_of(answers, "job_number")
    if not number:
        yield Problem("job_number", "", f"{candidate.title}: no job id was given", "type one")
        return
    max_length = SERVICES["AddJob"].elements["Job_Number"].length
    yield from too_long(candidate.title, "job_number", number, max_length, "type a shorter id")
    if not re.fullmatch(r"[A-Za-z0-9.-]+", number) or number.upper() == "ALL":
        yield Problem(
            "job_number",
            number,
            f"{candidate.title}: job id {number} is ALL, or contains something other than letters, digits, dashes and "
            "dots, which Spectrum's selections would read as an expression",
            "type an id of letters, digits, dashes and dots",
        )
    elif _job_exists(context.spectrum, number):
        yield Problem(
            "job_number",
            number,
            f"{candidate.title}: Spectrum already has a job {number}",
            "type an id that no job has",
        )


def taxable_is_answered(candidate: Candidate, answers: Answers, context: Context) -> Iterator[Problem]:
    """The taxable flag is Y or N."""
    flag = answer_of(answers, "taxable")
    if is_new(candidate, context) and flag not in {"Y", "N"}:
        yield Problem(
            "taxable", flag, f"{candidate.title}: unknown taxable flag {flag!r}; allowed: Y, N", "choose Y or N"
        )


def _job_exists(spectrum: Spectrum, number: str) -> bool:
    return any(spectrum.job(form) is not None for form in {number, number.upper()})
