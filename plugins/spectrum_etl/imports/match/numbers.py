"""Suggests for jobs the projects that may be the same: those of the same number, or of the same name (N5, D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from spectrum_etl.imports.match.contact import compared_code
from spectrum_etl.imports.match.names import exact_name
from spectrum_etl.imports.match.party import Party, Suggestion
from spectrum_etl.imports.match.suggest import Pair, best_pairs

_BOTH, _NUMBER, _NAME = 100.0, 80.0, 70.0
#: A project of the same number and another one of the same name: a person has to choose.
_TIED_WITHIN = _NUMBER - _NAME


def suggest_projects(jobs: Iterable[Party], projects: Iterable[Party]) -> Iterator[Suggestion]:
    """Suggest projects of the same number or the same name: none for most jobs, several where they tie.

    Case, blanks and the punctuation around a name do not count. A suggestion is *exact* where number and name are both
    the same, and nothing ties with it. The order of what comes in changes nothing.

    Args:
        jobs: `code` is the job number.
        projects: of Procore, inactive ones included; `code` is the project number. For linked ones on either side
            nothing is suggested.

    Returns:
        By job; of one job the best first.
    """
    numbered: dict[str, list[Party]] = defaultdict(list)
    named: dict[str, list[Party]] = defaultdict(list)
    for project in projects:
        if project.linked:
            continue
        numbered[compared_code(project.code)].append(project)
        named[exact_name(project.name)].append(project)
    yield from best_pairs(
        (pair for job in jobs if not job.linked for pair in _pairs(job, numbered, named)), _TIED_WITHIN
    )


def _pairs(job: Party, numbered: dict[str, list[Party]], named: dict[str, list[Party]]) -> Iterator[Pair]:
    number, name = compared_code(job.code), exact_name(job.name)
    same_number = {each.key: each for each in (numbered.get(number, ()) if number else ())}
    same_name = {each.key: each for each in (named.get(name, ()) if name else ())}
    for key, project in (same_number | same_name).items():
        if key in same_number and key in same_name:
            yield Pair(job, project, _BOTH, ("same number", "same name"), exact=True)
        elif key in same_number:
            yield Pair(job, project, _NUMBER, ("same number",), exact=False)
        else:
            yield Pair(job, project, _NAME, ("same name",), exact=False)
