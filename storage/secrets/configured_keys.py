"""The keys of seals, as the settings hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.note import VerifierKey, verifier_key_of
from schemas.errors import SettingsError

if TYPE_CHECKING:
    from domain.people.register import Register
    from storage.settings import Settings


def sealing_key(settings: Settings) -> Ed25519PrivateKey:
    """Give the private key that signs seals.

    Raises:
        SettingsError: there is none, it is none, or it is not the one whose public half is set.
    """
    if settings.seal_key is None:
        message = "no seal key: NCPI_SEAL_KEY is set for the sealing process alone, 64 hexadecimal digits"
        raise SettingsError(message)
    key = private_key_of(settings.seal_key.get_secret_value())
    made = str(verifier_key_of(settings.seal_origin, key))
    if settings.seal_public_key not in {None, made}:
        message = (
            "NCPI_SEAL_KEY: wanted the private half of NCPI_SEAL_PUBLIC_KEY under the name NCPI_SEAL_ORIGIN, found "
            "another; set those of one key (docs/operations.md)"
        )
        raise SettingsError(message)
    return key


def private_key_of(text: str) -> Ed25519PrivateKey:
    """Read a private key as it is kept.

    Raises:
        SettingsError: it is none; it is not shown.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))
    except ValueError:
        message = "NCPI_SEAL_KEY: wanted 64 hexadecimal digits, found something else; restore it from its copy"
        raise SettingsError(message) from None


def checking_keys(settings: Settings, register: Register) -> tuple[VerifierKey, ...]:
    """Give the public keys that check the notes of seals: those of the register, and the one that is set.

    Raises:
        SettingsError: there is none.
        ProofError: what is set is none.
    """
    keys = [*register.seal_keys, *([settings.seal_public_key] if settings.seal_public_key else [])]
    if not keys:
        message = "no public key of the seals: set NCPI_SEAL_PUBLIC_KEY, as the handbook prints it"
        raise SettingsError(message)
    return tuple(VerifierKey.parse(key) for key in dict.fromkeys(keys))
