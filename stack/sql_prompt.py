"""`make sql`: psql on the demo's warehouse. Run as `python -m stack.sql_prompt`; arguments go to psql.

It opens as an analyst, who may read what analysts read in production and can break nothing. `make sql ROLE=owner` opens
as the owner.
"""

import os
import sys

from stack import postgres_files
from stack.demo import WAREHOUSE_ROLE
from stack.errors import StackError
from stack.paths import project_paths
from stack.postgres import EmbeddedPostgres
from stack.secret_values import Secrets, load_secrets

#: The login of the prompt, and the role whose rights it has.
ANALYST, ANALYSTS = "analyst", "spectrum_analyst"
_ROLES = ("analyst", "owner")
_SEARCH_PATH = "spectrum,marts,history,sync,public"


def login(postgres: EmbeddedPostgres, secrets: Secrets, role: str) -> dict[str, str]:
    """Return the environment with which psql opens the warehouse; makes the analyst's login.

    Args:
        postgres: a running server with the warehouse.
        secrets: the passwords.
        role: `analyst` or `owner`.

    Raises:
        StackError: the role is another one, or nothing has been staged yet.
    """
    if role not in _ROLES:
        raise StackError(f"there is no role {role}: make sql opens as the analyst, make sql ROLE=owner as the owner")
    user, password = (ANALYST, secrets.analyst) if role == "analyst" else (WAREHOUSE_ROLE, secrets.warehouse)
    if role == "analyst":
        if not postgres.has_role(ANALYSTS):
            raise StackError("nothing has been staged yet, so there is nothing to read: run `make demo` first")
        postgres.create_role(ANALYST, password, member_of=ANALYSTS)
    # Not as arguments: those are shown to every user of the machine.
    connection = {"PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "PGUSER": user, "PGPASSWORD": password}
    connection["PGREQUIREAUTH"] = "scram-sha-256"  # shows no other server the password
    return {**connection, "PGDATABASE": "warehouse", "PGOPTIONS": f"-c search_path={_SEARCH_PATH}"}


def main() -> int:
    """Replace this process by psql; starts PostgreSQL if it has been stopped.

    Returns:
        1 when there is no warehouse yet, or no such role.
    """
    arguments = sys.argv[1:]
    named = arguments[0].removeprefix("--role=") if arguments and arguments[0].startswith("--role=") else None
    paths = project_paths()
    if not paths.secrets.exists():
        print("There is no warehouse yet: run `make demo` first.", file=sys.stderr)
        return 1
    try:
        postgres = EmbeddedPostgres(paths.postgres_data, log=paths.logs / "postgres.log")
        postgres.start()
        environment = login(postgres, load_secrets(paths.secrets)[0], named or ANALYST)
    except StackError as error:
        print(f"make sql failed: {error}", file=sys.stderr)
        return 1
    psql = postgres_files.wheel_programs() / "psql"
    os.execve(psql, [str(psql), *(arguments[1:] if named is not None else arguments)], {**os.environ, **environment})


if __name__ == "__main__":
    sys.exit(main())
