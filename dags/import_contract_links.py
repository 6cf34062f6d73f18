"""# Links of contracts that another integration has synced

Commitments, their change orders and prime contracts that Procore's own connector had synced are linked in bulk with
what they are in Spectrum (N12), so that the next change order on an old commitment can be exported.

**What it moves.** Nothing, in either system: it writes links. Each record that carries an id of the other integration
is found in the staged tables by its ERP id, on the job of its project and with the vendor of its company. Where the
amounts are equal it is ready; where they differ the difference is shown, and a person looks at it.

**Before it.** Companies and projects are taken over by `import_vendors` and `import_jobs`; subcontracts and prime
contracts are staged.
"""

from spectrum_etl.orchestration.import_dag import import_dag  # Airflow looks for DAGs only in files that name it

dag = import_dag("contract_links", __doc__)
