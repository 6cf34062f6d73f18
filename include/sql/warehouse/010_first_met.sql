-- A rejected row is written once, when it is met, and later syncs leave it as it is until it is mended.
comment on column sync.rejected_rows.landing_id is 'Landing that met it first';
comment on column sync.rejected_rows.run_id is 'Airflow run that met it first';
