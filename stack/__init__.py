"""The local stack: the processes of `make demo` and of the integration tests on one machine.

Nothing here is needed in production. `stack.postgres` runs an embedded PostgreSQL, `stack.airflow` a standalone
Airflow, `stack.demo` ties both to the sandbox and the staging DAGs.
"""

import sys
from pathlib import Path

# The library is imported from its folder, as Airflow does it.
_LIBRARY = str(Path(__file__).resolve().parents[1] / "plugins")
if _LIBRARY not in sys.path:
    sys.path.insert(0, _LIBRARY)
