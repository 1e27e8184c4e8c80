"""The connection file: the addresses and keys of the local stack, for every process that uses it.

The environment of the user takes precedence. The stack does not start a server whose address the user has set.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from schemas.errors import StackError
from storage.atomic_file import write_atomically
from storage.settings import CONNECTION_FILE

S3_ENDPOINT: Final = "NCPI_S3_ENDPOINT"
PREFECT_API_URL: Final = "PREFECT_API_URL"
PREFECT_LOGIN: Final = "PREFECT_API_AUTH_STRING"
DATA: Final = "NCPI_DATA"
_HEADER: Final = "# Written by `ncpi up` at each start. Holds secrets: only its owner may read it.\n"
# Readers of such files treat these as quotes, references to variables or comments.
_UNSAFE: Final = frozenset("\"'`$#\\\n\r ")


def write_connection(data: Path, connection: Mapping[str, str]) -> None:
    """Write the connection file of a data folder.

    Raises:
        StackError: a value is empty or holds a character that readers may interpret.
    """
    for name, value in connection.items():
        if not value or _UNSAFE & set(value):
            raise StackError(
                f"{name}: expected a value of plain characters for {data / CONNECTION_FILE}, found another; change it"
            )
    lines = "".join(f"{name}={value}\n" for name, value in connection.items())
    write_atomically(data / CONNECTION_FILE, (_HEADER + lines).encode())


def read_connection(data: Path) -> dict[str, str]:
    """Read the connection file of a data folder; empty when there is none."""
    try:
        text = (data / CONNECTION_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    lines = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in lines}


def environment(data: Path) -> dict[str, str]:
    """Return the environment for a process that uses the stack: the connection file, then the user's own variables."""
    own = {name: value for name, value in os.environ.items() if value}
    return {**read_connection(data), **own, DATA: str(data)}


def users_server(name: str, data: Path) -> str | None:
    """Return the address that the user has set for a server; None when the stack starts it.

    The address of the stack itself does not count: a shell may have loaded the connection file.
    """
    value = os.environ.get(name)
    return value if value and value != read_connection(data).get(name) else None
