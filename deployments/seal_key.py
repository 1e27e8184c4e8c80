"""The private key that signs seals: made at the first start of a data folder, kept in a file of its own.

It is in no connection file: only the sealing process is given it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deployments.stack.private_file import write_private_file
from domain.sealing.note import verifier_key_of
from schemas.errors import InspectionError, StackError
from storage.secrets.configured_keys import private_key_of
from storage.settings import ORIGIN

SEAL_KEY_FILE: Final = "seal.key"


def seal_key_of(data: Path) -> str:
    """Give the seal key of a data folder, 64 hexadecimal digits; the user's own where `NCPI_SEAL_KEY` is set.

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
    except InspectionError:
        message = (
            f"{path}: wanted the seal key as `ncpi up` wrote it, found something else; restore it from its copy, or "
            "see docs/operations.md on a seal key that is lost"
        )
        raise StackError(message) from None
    return text.strip()


def seal_connection(key: str) -> dict[str, str]:
    """Give what others need to check seals, by the names of the settings.

    Raises:
        StackError: no log can be named as `NCPI_SEAL_ORIGIN` says.
    """
    origin = os.environ.get("NCPI_SEAL_ORIGIN") or ORIGIN
    try:
        public = verifier_key_of(origin, private_key_of(key))
    except InspectionError as error:
        message = f"NCPI_SEAL_ORIGIN: {error}"
        raise StackError(message) from None
    return {"NCPI_SEAL_ORIGIN": origin, "NCPI_SEAL_PUBLIC_KEY": str(public)}
