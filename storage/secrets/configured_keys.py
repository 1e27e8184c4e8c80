"""The keys in the settings: of seals, of the stages, and the pepper of people's sealed keys."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from domain.people.register import Register
from domain.sealing.note import VerifierKey, verifier_key_of
from domain.signing import KeySigner
from schemas.errors import SettingsError
from schemas.lifecycle.entry import Actor
from schemas.people.roles import Role
from storage.settings import Settings

SECRET_BYTES = 32


def sealing_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the private key that signs seals.

    Raises:
        SettingsError: it is missing, is not a key, or is not the private half of the public key that is set.
    """
    if settings.seal_key is None:
        raise SettingsError("no seal key: NCPI_SEAL_KEY is set for the sealing process alone, 64 hexadecimal digits")
    key = Ed25519PrivateKey.from_private_bytes(secret_bytes("NCPI_SEAL_KEY", settings.seal_key))
    made = str(verifier_key_of(settings.seal_origin, key))
    if settings.seal_public_key not in {None, made}:
        raise SettingsError(
            "NCPI_SEAL_KEY: expected the private half of NCPI_SEAL_PUBLIC_KEY under the name NCPI_SEAL_ORIGIN, found "
            "another; set those of one key (docs/operations.md)"
        )
    return key


def checking_keys(settings: Settings, register: Register) -> tuple[VerifierKey, ...]:
    """Return the public keys that check the notes of seals: those of the register, and the one in the settings.

    Raises:
        SettingsError: there is none.
        ProofError: the one in the settings is not a key.
    """
    keys = [*register.seal_keys, *([settings.seal_public_key] if settings.seal_public_key else [])]
    if not keys:
        raise SettingsError(
            "expected a public key of the seals, found none; set NCPI_SEAL_PUBLIC_KEY, as the handbook prints it"
        )
    return tuple(VerifierKey.parse(key) for key in dict.fromkeys(keys))


def service_signer(settings: Settings) -> KeySigner:
    """Return the signer of the stages.

    Raises:
        SettingsError: NCPI_SERVICE_KEY is missing or not a key.
    """
    key = Ed25519PrivateKey.from_private_bytes(secret_bytes("NCPI_SERVICE_KEY", settings.service_key))
    return KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key)


def secret_bytes(name: str, secret: SecretStr | None) -> bytes:
    """Read a secret of 32 bytes from its 64 hexadecimal digits.

    Raises:
        SettingsError: it is missing or something else; it is not shown.
    """
    try:
        data = bytes.fromhex(secret.get_secret_value() if secret else "")
    except ValueError:
        data = b""
    if len(data) != SECRET_BYTES:
        found = "none" if secret is None else "something else"
        raise SettingsError(
            f"{name}: expected 64 hexadecimal digits, found {found}; `ncpi up` makes one (docs/settings.md)"
        )
    return data
