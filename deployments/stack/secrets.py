"""The pepper and the key of the stages: made at the first start of a data folder, each kept in a file of its own.

Whoever acts at the desk needs the pepper, so the connection file has it; no bucket and no serving process does. The
private key of the stages is given to the serving process alone.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from deployments.stack.private_file import write_private_file
from domain.signing import public_key_of
from schemas.errors import SettingsError, StackError
from storage.service_key import SECRET_BYTES, secret_bytes

PEPPER_FILE: Final = "pepper"
SERVICE_KEY_FILE: Final = "service.key"


def people_connection(data: Path) -> dict[str, str]:
    """Give what the desk needs to open people's keys and to found the register, by the names of the settings.

    Raises:
        StackError: what is kept or set is no secret of that kind.
    """
    service = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(service_key_of(data)))
    return {
        "NCPI_PEPPER": _secret(data / PEPPER_FILE, "NCPI_PEPPER"),
        "NCPI_SERVICE_PUBLIC_KEY": public_key_of(service),
    }


def service_key_of(data: Path) -> str:
    """Give the private key of the stages, 64 hexadecimal digits; the user's own where `NCPI_SERVICE_KEY` is set.

    Raises:
        StackError: what is kept or set is no key.
    """
    return _secret(data / SERVICE_KEY_FILE, "NCPI_SERVICE_KEY")


def _secret(path: Path, name: str) -> str:
    """Give a secret that the user has set, or that is kept, or a new one."""
    text = os.environ.get(name) or (path.read_text(encoding="utf-8", errors="replace") if path.exists() else None)
    if text is None:
        text = secrets.token_hex(SECRET_BYTES)
        write_private_file(path, text + "\n")
    try:
        return secret_bytes(name, SecretStr(text.strip())).hex()
    except SettingsError:
        message = (
            f"{path}: wanted 64 hexadecimal digits as `ncpi up` wrote them, found something else; restore the file "
            "from its copy (docs/operations.md)"
        )
        raise StackError(message) from None
