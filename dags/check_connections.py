"""# Check connections

Checks, for every company, whether Spectrum's web services, Info-Link, Procore and the warehouse can be used, and
whether Spectrum still looks as this package expects: each web service and its parameters, each Info-Link table and its
columns. Of Procore it also learns whose origin ids its records carry (ours, of another integration, or none), what the
service account may do and which linked projects it does not see, which projects are integrated with an ERP system, and
which custom segments there are: what needs somebody is listed with what to do.

**What it moves.** Nothing. Results are rows of `sync.connections`, `sync.connection_services` (which service is enabled
for the Authorization ID), `sync.connection_findings` (each difference, and what has to be done in Procore, with what it
affects), `sync.connection_columns` (every column of Info-Link that is read, and what it is called there) and
`sync.connection_facts` (which indexes the table of transactions has, and whether Change Tracking or change data capture
is on for each table, where the login may ask; what was learned of Procore). Services that write are looked up only,
never executed.

**How often.** Daily, an hour before the time of day that the settings call daily, and whenever you trigger it: after a
password was changed, a service was enabled, or Spectrum was updated. Where the settings have quiet hours, the daily
check waits for their end before it asks Spectrum; one that you trigger does not.

**When it fails.** Something is not connected. The log of the task `summary` says for each connection whether it is a
wrong password, an unknown host, a service that is not enabled for the Authorization ID or an address that is not
allowed, and what to do. Every connection is checked although another one fails. Differences alone do not make it fail,
unless they stop an import that is in use (it is scheduled, or has planned before); an entry of the Airflow Variable
`spectrum_schedules` that is wrong does, since the settings' schedule holds instead.

**May it be run again?** Always, in Airflow's UI or by REST; it reads only.
"""

from spectrum_etl.orchestration.connections_dag import connections_dag

dag = connections_dag(__doc__)
