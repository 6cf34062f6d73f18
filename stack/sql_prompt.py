"""`make sql`: psql on the demo's warehouse. Run as `python -m stack.sql_prompt`; arguments go to psql."""

import os
import sys

from stack import postgres_files
from stack.demo import WAREHOUSE_ROLE
from stack.errors import StackError
from stack.paths import project_paths
from stack.postgres import EmbeddedPostgres
from stack.secret_values import load_secrets

_SEARCH_PATH = "spectrum,marts,history,sync,public"


def main() -> int:
    """Replace this process by psql; starts PostgreSQL if it has been stopped.

    Returns:
        1 when there is no warehouse yet.
    """
    paths = project_paths()
    if not paths.secrets.exists():
        print("There is no warehouse yet: run `make demo` first.", file=sys.stderr)
        return 1
    try:
        postgres = EmbeddedPostgres(paths.postgres_data, log=paths.logs / "postgres.log")
        postgres.start()
    except StackError as error:
        print(f"make sql failed: {error}", file=sys.stderr)
        return 1
    secrets, _ = load_secrets(paths.secrets)
    # Not as an argument: arguments are shown to every user of the machine.
    connection = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGUSER": WAREHOUSE_ROLE}
    connection |= {"PGDATABASE": "warehouse", "PGPASSWORD": secrets.warehouse}
    connection["PGOPTIONS"] = f"-c search_path={_SEARCH_PATH}"
    psql = postgres_files.wheel_programs() / "psql"
    os.execve(psql, [str(psql), *sys.argv[1:]], {**os.environ, **connection})


if __name__ == "__main__":
    sys.exit(main())
