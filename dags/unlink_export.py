"""# Unlink exported records

Ends the link between a Procore record and its record in Spectrum, so that either may be deleted or exported again (G6).

**What it moves.** Nothing. For every record of the form it verifies that Spectrum no longer holds what was exported,
takes the mark out of Procore where Procore has a field for it, and ends the link in `export.links`, where the ended one
stays on record with the Airflow user who asked for it. What was linked by hand (`link_export`) may stay in Spectrum.

**How often.** Only when somebody triggers it, with the object, the company and the Procore ids of the records, as
`export.links` has them. Only the users in `operators` of the settings may: a run of anybody else fails and changes
nothing.

**When it fails.** The log of `unlink` says why: the record is not linked, or Spectrum still holds it. Delete it in
Spectrum first, then clear the failed task or trigger the DAG again.

**May it be run again?** Always. A record that is not linked any more is refused, and nothing changes.
"""

from spectrum_etl.orchestration.unlink_dag import unlink_dag

dag = unlink_dag(__doc__)
