"""Tables for analysts, computed from the staged tables. Used by `dags/publish_marts.py`."""
