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
from domain.sealing.note import verifier_key_of
from domain.signing import public_key_of
from schemas.errors import NcpiError, SettingsError, StackError
from storage.secrets.configured_keys import SECRET_BYTES, private_key_of, secret_bytes
from storage.settings import ORIGIN

PEPPER_FILE: Final = "pepper"
SERVICE_KEY_FILE: Final = "service.key"


def people_connection(data: Path) -> dict[str, str]:
    """Return what the desk needs to open people's keys and to found the register, by the names of the settings.

    Raises:
        StackError: what is kept or set is no secret of that kind.
    """
    service = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(service_key_of(data)))
    return {
        "NCPI_PEPPER": _secret(data / PEPPER_FILE, "NCPI_PEPPER"),
        "NCPI_SERVICE_PUBLIC_KEY": public_key_of(service),
    }


def service_key_of(data: Path) -> str:
    """Return the private key of the stages, 64 hexadecimal digits; the user's own where `NCPI_SERVICE_KEY` is set.

    Raises:
        StackError: what is kept or set is no key.
    """
    return _secret(data / SERVICE_KEY_FILE, "NCPI_SERVICE_KEY")


def _secret(path: Path, name: str) -> str:
    """Return a secret that the user has set, or that is kept, or a new one."""
    text = os.environ.get(name) or (path.read_text(encoding="utf-8", errors="replace") if path.exists() else None)
    if text is None:
        text = secrets.token_hex(SECRET_BYTES)
        write_private_file(path, text + "\n")
    try:
        return secret_bytes(name, SecretStr(text.strip())).hex()
    except SettingsError:
        message = (
            f"{path}: expected 64 hexadecimal digits as `ncpi up` wrote them, found something else; restore the file "
            "from its copy (docs/operations.md)"
        )
        raise StackError(message) from None


SEAL_KEY_FILE: Final = "seal.key"


def seal_key_of(data: Path) -> str:
    """Return the seal key of a data folder, 64 hexadecimal digits; the user's own where `NCPI_SEAL_KEY` is set.

    Raises:
        StackError: what is kept or set is no key.
    """
    path = data / SEAL_KEY_FILE
    text = os.environ.get("NCPI_SEAL_KEY") or (path.read_text(encoding="ascii") if path.exists() else None)
    if text is None:
        text = Ed25519PrivateKey.generate().private_bytes_raw().hex()
        write_private_file(path, text + "\n")
    try:
        private_key_of(text)
    except NcpiError:
        message = (
            f"{path}: expected the seal key as `ncpi up` wrote it, found something else; restore it from its copy, or "
            "see docs/operations.md on a seal key that is lost"
        )
        raise StackError(message) from None
    return text.strip()


def seal_connection(key: str) -> dict[str, str]:
    """Return what others need to check seals, by the names of the settings.

    Raises:
        StackError: no log can be named as `NCPI_SEAL_ORIGIN` says.
    """
    origin = os.environ.get("NCPI_SEAL_ORIGIN") or ORIGIN
    try:
        public = verifier_key_of(origin, private_key_of(key))
    except NcpiError as error:
        message = f"NCPI_SEAL_ORIGIN: {error}"
        raise StackError(message) from None
    return {"NCPI_SEAL_ORIGIN": origin, "NCPI_SEAL_PUBLIC_KEY": str(public)}
