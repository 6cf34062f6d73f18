"""# Undo an import into Procore

Takes back what a run of an import has done in Procore, from its records (N10).

**What it moves.** Fields of Procore become what they were before that run, links end, and what the run created becomes
inactive and loses our id: Procore deletes no company. What somebody, or a later run, has changed since is a conflict:
it is listed, and stays.

**How often.** Only when somebody triggers it, with the run id of the import, or presses *Undo* beside that run on the
page (*Into Procore*, *Runs*).

**For approvers.** The plan of the undo waits under *Required Actions* of Airflow, and row by row on the page; nothing
is undone before it is accepted. What was undone is left out of imports until somebody includes it again.

**When it fails.** The log of `report` lists each row that needs attention. Passing faults are retried
automatically.

**May it be run again?** Always: what was undone is not undone again.
"""

from spectrum_etl.orchestration.undo_dag import undo_dag  # Airflow looks for DAGs only in files that name it

dag = undo_dag(__doc__)
