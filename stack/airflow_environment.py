"""The configuration of the local Airflow, as environment variables."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from stack.secret_values import AIRFLOW_USERS, Secrets

_LOCAL_TASKS = 8  # LocalExecutor starts this many processes at once; its default is 32


def configuration(
    *, home: Path, database_url: str, dags: Path, plugins: Path, secrets: Secrets, port: int
) -> dict[str, str]:
    """Return the variables that configure every component the same way.

    Args:
        home: AIRFLOW_HOME.
        database_url: `postgresql://` URL of the metadata database.
        dags: folder of DAG files.
        plugins: folder of plugins and libraries.
        secrets: keys and passwords.
        port: the API server's.
    """
    sections: dict[str, dict[str, object]] = {
        "CORE": {
            "DAGS_FOLDER": dags,
            "PLUGINS_FOLDER": plugins,
            "LOAD_EXAMPLES": False,
            "EXECUTOR": "LocalExecutor",
            "PARALLELISM": _LOCAL_TASKS,
            "FERNET_KEY": secrets.fernet_key,
            "SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in AIRFLOW_USERS.items()),
            "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords_file(home),
            # Seconds. Their defaults, 30 and 50, are too short for a file's first import on a busy machine.
            "DAGBAG_IMPORT_TIMEOUT": 300,
            "EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        },
        "DATABASE": {"SQL_ALCHEMY_CONN": _with_driver(database_url)},
        "API": {
            "HOST": "127.0.0.1",
            "PORT": port,
            "BASE_URL": f"http://localhost:{port}",
            "WORKERS": 1,
            "SECRET_KEY": secrets.api_secret_key,
        },
        "API_AUTH": {"JWT_SECRET": secrets.jwt_secret},
        "SCHEDULER": {"SCHEDULER_IDLE_SLEEP_TIME": 0.25},
        # Seconds. A changed DAG file shows up within ten, a changed include/settings.yaml within a minute: parsing
        # everything anew more often costs a good part of a core while nothing changes.
        "DAG_PROCESSOR": {
            "REFRESH_INTERVAL": 5,
            "BUNDLE_REFRESH_CHECK_INTERVAL": 2,
            "MIN_FILE_PROCESS_INTERVAL": 60,
            "DAG_FILE_PROCESSOR_TIMEOUT": 600,
        },
        "LOGGING": {
            "BASE_LOG_FOLDER": home / "logs",
            "DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": home / "logs" / "dag_processor",
        },
        # Seconds. A supervisor that looks a moment before its task's process is gone looks again after this time only:
        # with the default of 5, every third task seems to take 5 seconds longer than it does.
        "WORKERS": {"MIN_HEARTBEAT_INTERVAL": 1},
        "USAGE_DATA_COLLECTION": {"ENABLED": False},
    }
    variables = {
        f"AIRFLOW__{name}__{key}": str(value) for name, keys in sections.items() for key, value in keys.items()
    }
    fixed = {"AIRFLOW_HOME": str(home), "GX_ANALYTICS_ENABLED": "false", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    fixed["OPENBLAS_NUM_THREADS"] = "1"  # nothing here multiplies matrices, and processes with threads fork badly
    return {**fixed, **variables}


def passwords_file(home: Path) -> Path:
    """Return where the users' passwords are, which SimpleAuthManager reads as plain JSON."""
    return home / "passwords.json"


def _with_driver(url: str) -> str:
    """Return a URL that names the driver Airflow brings for PostgreSQL, whatever SQLAlchemy's default is."""
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql+psycopg2"))
