"""The page "ERP Integrations" inside Airflow: its API and its static files. Mounted by `spectrum_etl_plugin`.

Everything here runs in Airflow's API server, with the rights of the user who asks. It reads the warehouse and changes
nothing in it: syncs are started and approvals are answered through Airflow's own REST API.
"""
