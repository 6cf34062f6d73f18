"""`make down`: stop every process of this checkout's local stack. Run as `python -m stack.down`."""

import sys

from stack import processes
from stack.errors import StackError
from stack.paths import project_paths
from stack.postgres import EmbeddedPostgres


def main() -> int:
    """Stop Airflow with its tasks, the sandbox, and PostgreSQL last; the data stay.

    Returns:
        0 when nothing is left running, else 1.
    """
    paths = project_paths()
    try:
        paths.create()
        with paths.alone():
            print("stopping Airflow and the sandbox", flush=True)
            (paths.airflow_home / "fingerprint").unlink(missing_ok=True)
            processes.stop(str(paths.run))
            print("stopping PostgreSQL", flush=True)
            EmbeddedPostgres(paths.postgres_data, log=paths.logs / "postgres.log").stop()
    except StackError as error:
        print(f"make down failed: {error}", file=sys.stderr)
        return 1
    print("nothing is running any more; the data are kept for the next make demo")
    return 0


if __name__ == "__main__":
    sys.exit(main())
