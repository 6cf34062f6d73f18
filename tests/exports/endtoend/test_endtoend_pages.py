"""B11: a list of Procore is read to its end, however the server pages it, and never ends in silence."""

from __future__ import annotations

import pytest

from tests.exports.endtoend.stage import PROCORE_COMPANY, Stage

SILENT = "pages capped in silence"
TRAPS = {
    SILENT: ("procore_page_cap=3", "procore_no_page_headers"),
    "no headers": ("procore_no_page_headers",),
    "a cap that the headers tell": ("procore_page_cap=3",),
    "Total counts more than is shown": ("procore_page_cap=3", "procore_extra_total=5"),
}


@pytest.mark.parametrize(
    ("name", "trap"),
    [
        *(("vendors", trap) for trap in TRAPS),
        *(pytest.param("commitments", trap, marks=() if trap == SILENT else pytest.mark.slow) for trap in TRAPS),
    ],
)
def test_the_same_records_are_found_whatever_the_pages(stage: Stage, name: str, trap: str) -> None:
    """Lines, codes and projects are lists as well: the contents are compared, not only the ids.

    `make test` has every trap with vendors, and with commitments the one that says least.
    """
    projects = () if name == "vendors" else _projects(stage)
    found = "select record_id, state, fingerprint from export.queue where object_name = %s order by 1"
    stage.collect(name, projects=projects)
    straight = stage.warehouse(found, name)
    assert len(straight) > 6
    stage.reset()
    stage.fault(*TRAPS[trap])
    stage.collect(name, projects=projects)
    assert stage.warehouse(found, name) == straight


def test_a_total_that_cannot_be_seen_is_in_the_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """With both numbers; the export goes on."""
    stage.fault("procore_extra_total=5", "procore_only=/vendors")
    found = stage.collect("vendors")
    ((count,),) = stage.sandbox(
        "select count(*) from procore.records where kind = 'vendor' and company_id = %s and deleted_at is null",
        PROCORE_COMPANY,
    )
    assert found.seen > 0
    assert f"counts {count + 5} records and shows {count}" in caplog.text


def _projects(stage: Stage) -> tuple[str, ...]:
    """The projects with ready contracts."""
    rows = stage.sandbox(
        "select distinct project_id::text from procore.records where fields->>'number' = 'SC-101' and company_id = %s",
        PROCORE_COMPANY,
    )
    return tuple(project for (project,) in rows)
