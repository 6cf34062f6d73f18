"""# Export: Jobs

Projects of Procore become jobs of Spectrum with their cost codes and cost types (D1-D6); new codes of projects that
are synced already come here too (B5).

**What it moves.** Projects whose name has at most 25 characters, that use the list "Spectrum Standard Cost Codes" and
whose every cost code has a cost type. The approver gives the job number (at most 10, new). Division, cost center,
customer, taxable flag and price method come from the template job of the settings.

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
twice: a lost answer is looked up in Spectrum before anything is sent again. Mend what the reason says, then trigger
the export again with the record in the form. Enter nothing by hand in Spectrum for a record that is `sending` or
`unknown`.

**May it be run again?** Always: trigger it, or clear `send`. Clearing `approve` asks in a new run. Marking a task
successful by hand sends nothing.
"""

from spectrum_etl.orchestration.export_dag import export_dag

dag = export_dag("jobs", __doc__)
