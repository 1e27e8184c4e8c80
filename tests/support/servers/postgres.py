"""A PostgreSQL server of its own for the runs of Prefect, removed afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from deployments.os_process import HOST
from deployments.stack.process_spec import ProcessSpec

PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")
_USER: Final = "postgres"
_OWNER: Final = "owner"
_DATABASE: Final = "runs"


class Postgres:
    """A server in a temporary folder: the specification of its process, and its one database."""

    def __init__(self, log: Path, port: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ncpi-postgres-"))
        self._port = port
        user = _user()
        as_user: tuple[str, ...] = ()
        if user is not None:
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            as_user = (_setpriv(), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        data = str(self._folder / "data")
        self._run(*as_user, str(PROGRAMS / "initdb"), "-D", data, "-U", _OWNER, "--auth=trust", "-E", "UTF8")
        options = ("-D", data, "-h", HOST, "-p", str(port), "-k", str(self._folder))
        self.address = f"{_OWNER}@{HOST}:{port}/{_DATABASE}"
        """Address of the database, without the driver."""
        self.spec = ProcessSpec(
            name="postgres",
            title="PostgreSQL",
            command=(*as_user, str(PROGRAMS / "postgres"), *options),
            environment={"PATH": os.defpath},
            folder=self._folder,
            log=log,
            is_ready=self._accepts,
        )

    def make_database(self) -> None:
        """Create the database; the server must be ready."""
        self._run(str(PROGRAMS / "createdb"), "-h", HOST, "-p", str(self._port), "-U", _OWNER, _DATABASE)

    def remove(self) -> None:
        """Remove everything that it stored; the server must have ended."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accepts(self) -> bool:
        with socket.socket() as connection:
            connection.settimeout(0.5)
            if connection.connect_ex((HOST, self._port)):
                return False
        command = (str(PROGRAMS / "pg_isready"), "-h", HOST, "-p", str(self._port))
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _run(self, *command: str) -> None:
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


def _user() -> pwd.struct_passwd | None:
    """Return the user for PostgreSQL, which refuses to run as root; None for the present one."""
    return pwd.getpwnam(_USER) if os.geteuid() == 0 else None


def _setpriv() -> str:
    found = shutil.which("setpriv")
    if found is None:
        message = "expected the program 'setpriv', found none; install util-linux"
        raise FileNotFoundError(message)
    return found
