"""# Link records that both systems have

Links a Procore record with a record that Spectrum has already: companies that are vendors (C1, C2), projects that were
in progress before Procore was connected (D1), their prime contracts (I2, J1), and what else belongs to those.

**What it moves.** Nothing into Spectrum. For every pair of the form it verifies that both records are there and that
neither is linked, marks the record in Procore where Procore has a field for it, and keeps the link in `export.links`,
marked *by hand*, with the Airflow user who asked for it, under Spectrum's own spelling of the key. A record that waits
in the export queue leaves it. Of prime contracts the amounts are compared; a difference is logged and kept with the
link.

**How often.** Only when somebody triggers it, with pairs such as `562949953421312 = 24-404`; for vendors also with
*Link all exact names*. Nothing is ever linked by itself. Only the users in `operators` of the settings may: a run of
anybody else fails and changes nothing.

**When it fails.** The log of `link` says why: a record is not there, or is linked to something else already; a project
or job has a second prime contract. The other pairs are linked all the same. Correct the pair and trigger the DAG again.

**May it be run again?** Always. A pair that is linked already stays as it is. A wrong link is ended with
`unlink_export`, which lets Spectrum keep what was linked by hand.
"""

from spectrum_etl.orchestration.link_dag import link_dag

dag = link_dag(__doc__)
