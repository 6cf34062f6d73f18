"""What the documentation of all DAGs of a kind says; a DAG file states what is its own, before it."""

from __future__ import annotations

from spectrum_etl.model.spec import StagedObject

_STAGE = """\
**How often.** {often}, unless `schedules` in `include/settings.yaml` or the Airflow Variable `spectrum_schedules` says
otherwise. It can be triggered at any time{narrowed}. *Full refresh* copies everything again and still writes only what
differs. Where nothing has changed the run ends with `land`, and its other tasks are skipped.

**When it fails.** The failed task's log ends with what is wrong and what to do; `sync.runs` and `sync.checks` say it
too. Passing faults are retried automatically. Nothing is ever half published: either this run's rows are there, or
those of the last good one.

**May it be run again?** Always: trigger it, clear it, or clear a task. A run that has published does nothing a second
time, and an older run never overwrites a newer one. After `land` was cleared the source is read again.
"""

_EXPORT = """\
**How often.** Only when somebody triggers it, for all projects, or for the projects and records that the form names.
A run collects and asks; the approver's yes is what sends. A dry run shows in the log of `collect` what would be
written.

**For approvers.** Each record waits for you under *Required Actions* of Airflow, with a table of what Spectrum holds
now and what it will hold. *Accept* sends it with your answers, once. *Reject* needs a reason and ends it. *Retrieve*
takes it out until somebody names it in the trigger form. What cannot be sent as you answered comes back as a new
question that says why.

**Where is my record?** `export.queue` has its state, the reason and every rule it breaks; `export.ledger` who
answered what and when; `export.links` what it is called in Spectrum.

**When it fails.** Somebody has to look at a record: the log of `report` lists it with the reason. Nothing is sent
twice: a lost answer is looked up in Spectrum before anything is sent again. Fix what the reason says, then trigger
the export again with the record in the form. Enter nothing by hand in Spectrum for a record that is `sending` or
`unknown`.

**May it be run again?** Always: trigger it, or clear `send`. Clearing `approve` asks in a new run. Marking a task
successful by hand sends nothing.
"""

_IMPORT = """\
**How often.** Only when somebody triggers it, unless the settings say `after_sync` or give a schedule
(`imports` in `include/settings.yaml`). There is one open plan for each object and company, however often it runs; a run
that finds nothing new makes no call.

**For approvers.** The plan waits for you under *Required Actions* of Airflow. *Accept* accepts every row that is ready;
*Link exact names only* links what is exactly the same (companies by name, projects by number and name) and no other;
*Not now* leaves the plan open. What only may be the same record is never accepted with the others. Nothing in Procore
changes that was not accepted.

**Where is my record?** `procore.plan_rows` has its kind, its state and the reason; `procore.calls` what was sent, who
accepted it and what Procore said; `export.links` what is linked.

**When it fails.** The log of `report` lists each row that needs attention, with the reason. Passing faults are
retried automatically, and no record is ever made twice: it carries our origin id.

**May it be run again?** Always: trigger it, clear it, or clear a task. Rows that changed since they were accepted are
put back and shown again. Clearing `approve` shows the old question; trigger the DAG again instead.
"""


def staging_doc(obj: StagedObject, doc: str | None) -> str:
    """The documentation of a DAG that stages an object.

    Args:
        obj: says how often, and whether a run can be narrowed to jobs.
        doc: what is its own: the docstring of its file.
    """
    often = obj.schedule.words
    narrowed = ", for some jobs only if you name them" if obj.by_job else ""
    return _joined(doc, _STAGE.format(often=often[0].upper() + often[1:], narrowed=narrowed))


def export_doc(doc: str | None) -> str:
    """The documentation of a DAG that exports an object.

    Args:
        doc: what is its own: the docstring of its file.
    """
    return _joined(doc, _EXPORT)


def import_doc(doc: str | None) -> str:
    """The documentation of a DAG that imports an object into Procore.

    Args:
        doc: what is its own: the docstring of its file.
    """
    return _joined(doc, _IMPORT)


def _joined(own: str | None, common: str) -> str:
    return "\n\n".join(filter(None, ((own or "").strip(), common.strip())))
