"""The secrets of a data folder: drawn at its first start, each stored in a private file of its own.

Everybody who acts at the desk needs the pepper, so the connection file holds it; no bucket and no runner does. Each
private key is passed to one process alone: that of the stages to the runner, that of seals to the sealing process.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from domain.people.register import Register
from domain.sealing.note import verifier_key_of
from domain.signing import public_key_of
from schemas.errors import NcpiError, SettingsError, StackError
from storage.atomic_file import write_atomically
from storage.secrets.configured_keys import SECRET_BYTES, secret_bytes
from storage.settings import ORIGIN


@dataclass(frozen=True, slots=True)
class Secret:
    """A pepper or an Ed25519 private key: 32 random bytes, written as 64 hexadecimal digits."""

    setting: str
    """Setting by which the user may choose it; then it is not stored."""
    file: str


PEPPER: Final = Secret("NCPI_PEPPER", "pepper")
SERVICE_KEY: Final = Secret("NCPI_SERVICE_KEY", "service.key")
SEAL_KEY: Final = Secret("NCPI_SEAL_KEY", "seal.key")


def missing_secrets(data: Path) -> list[Secret]:
    """List the secrets that the user has not set and the data folder does not hold."""
    return [
        secret
        for secret in (PEPPER, SERVICE_KEY, SEAL_KEY)
        if not os.environ.get(secret.setting) and not (data / secret.file).exists()
    ]


def check_secrets(data: Path, register: Register) -> None:
    """Refuse to draw new secrets for a store that a register goes with: it would accept nothing that they sign.

    Raises:
        StackError: a secret is missing; the message says what to do.
    """
    missing = missing_secrets(data)
    if register.is_founded and missing:
        names = ", ".join(f"{secret.setting} ({data / secret.file})" for secret in missing)
        raise StackError(
            f"expected the secrets that belong to the register of this S3 server, found no {names}; copy the files "
            "from the data folder that the register was founded with, or from its backup; if one is lost for good, see "
            "docs/operations.md. Nothing was made in its place"
        )


def key_fault(data: Path, register: Register) -> str | None:
    """Return what to do when a private key of the data folder is not the registered one; None when both are."""
    try:
        register.check_service_key(public_key_of(_private_key(SERVICE_KEY, data)))
        register.check_seal_key(shared_settings(data)["NCPI_SEAL_PUBLIC_KEY"])
    except SettingsError as error:
        return str(error)
    return None


def read_secret(secret: Secret, data: Path) -> str:
    """Return the secret that the user has set or the data folder holds, or a new one.

    Raises:
        StackError: what is set or stored is no such secret; it is neither replaced nor shown.
    """
    path = data / secret.file
    text = os.environ.get(secret.setting) or (
        path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
    )
    if text is None:
        text = secrets.token_hex(SECRET_BYTES)
        write_atomically(path, f"{text}\n".encode())
    try:
        return secret_bytes(secret.setting, SecretStr(text.strip())).hex()
    except SettingsError:
        raise StackError(
            f"{secret.setting} or {path}: expected 64 hexadecimal digits as `ncpi up` wrote them, found something "
            "else; restore the file from its copy, or see docs/operations.md on a seal key that is lost"
        ) from None


def shared_settings(data: Path) -> dict[str, str]:
    """Return the settings that the desk and auditors need: the pepper, and the public halves of both keys.

    Raises:
        StackError: a secret cannot be read, or `NCPI_SEAL_ORIGIN` cannot be the name of a log.
    """
    origin = os.environ.get("NCPI_SEAL_ORIGIN") or ORIGIN
    seal_key = _private_key(SEAL_KEY, data)
    try:
        public_seal_key = verifier_key_of(origin, seal_key)
    except NcpiError as error:
        raise StackError(f"NCPI_SEAL_ORIGIN: {error}") from None
    return {
        "NCPI_SEAL_ORIGIN": origin,
        "NCPI_SEAL_PUBLIC_KEY": str(public_seal_key),
        PEPPER.setting: read_secret(PEPPER, data),
        "NCPI_SERVICE_PUBLIC_KEY": public_key_of(_private_key(SERVICE_KEY, data)),
    }


def _private_key(secret: Secret, data: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read_secret(secret, data)))
