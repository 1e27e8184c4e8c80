"""The key with which stages sign, as the settings of a serving process hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signing import KeySigner
from schemas.errors import SettingsError
from schemas.lifecycle.entry import Actor
from schemas.people.roles import Role

if TYPE_CHECKING:
    from pydantic import SecretStr

    from storage.settings import Settings

SECRET_BYTES = 32


def service_signer(settings: Settings) -> KeySigner:
    """Sign as the stages.

    Raises:
        SettingsError: NCPI_SERVICE_KEY is missing or no key.
    """
    key = Ed25519PrivateKey.from_private_bytes(secret_bytes("NCPI_SERVICE_KEY", settings.service_key))
    return KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key)


def secret_bytes(name: str, secret: SecretStr | None) -> bytes:
    """Read a secret of 32 bytes, written as 64 hexadecimal digits.

    Raises:
        SettingsError: it is missing or written otherwise; it is not shown.
    """
    try:
        data = bytes.fromhex(secret.get_secret_value() if secret else "")
    except ValueError:
        data = b""
    if len(data) != SECRET_BYTES:
        found = "none" if secret is None else "something else"
        message = f"{name}: wanted 64 hexadecimal digits, found {found}; `ncpi up` makes one (README, Settings)"
        raise SettingsError(message)
    return data
