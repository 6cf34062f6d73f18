"""The passwords and keys of one installation: made up once, kept in `.run/secrets.json`."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from stack.paths import write_private

#: The users of the local Airflow and their roles in its SimpleAuthManager.
AIRFLOW_USERS = {"admin": "admin", "ops": "op", "vera": "viewer", "accounting": "user"}


def _password() -> str:
    return secrets.token_urlsafe(12)


def _key() -> str:
    return secrets.token_urlsafe(48)


def _fernet_key() -> str:
    # The form Fernet asks for, https://cryptography.io/en/latest/fernet/: 32 bytes in URL-safe base64.
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class Secrets:
    """Generated values; none of them is ever logged."""

    fernet_key: str = field(default_factory=_fernet_key)
    jwt_secret: str = field(default_factory=_key)
    api_secret_key: str = field(default_factory=_key)
    airflow_database: str = field(default_factory=_password)
    warehouse: str = field(default_factory=_password)
    analyst: str = field(default_factory=_password)
    sandbox: str = field(default_factory=_password)
    authorization_id: str = field(default_factory=_password)
    infolink: str = field(default_factory=_password)
    client_secret: str = field(default_factory=_password)
    users: dict[str, str] = field(default_factory=lambda: {name: _password() for name in AIRFLOW_USERS})

    def __repr__(self) -> str:
        return "Secrets(...)"


def load_secrets(path: Path) -> tuple[Secrets, bool]:
    """Read an installation's secrets, making them up when there are none.

    Args:
        path: the file, created with mode 600.

    Returns:
        The secrets, and whether they are new (what was encrypted with the old ones is then unreadable).
    """
    known: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = {item.name for item in fields(Secrets)}
    values = Secrets(**{name: value for name, value in known.items() if name in names})  # type: ignore[arg-type]
    new_users = {name: _password() for name in AIRFLOW_USERS if name not in values.users}
    values = replace(values, users={**values.users, **new_users})
    if new_users or names - known.keys():
        write_private(path, json.dumps(asdict(values), indent=2) + "\n")
    return values, "fernet_key" not in known
