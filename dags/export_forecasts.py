"""# Export: Forecasts

The column "Estimated Cost at Completion" of a project's budget view becomes the projected cost of Spectrum (L1).

**What it moves.** Only projects that `forecast_projects` of the settings lists. Figures at completion: 0 clears,
blank leaves. A project is offered again whenever its forecast differs from the one exported last.
"""

from spectrum_etl.orchestration.export_dag import export_dag  # Airflow looks for DAGs only in files that name it

dag = export_dag("forecasts", __doc__)
