"""The keys of the system, which the first record of the register takes in."""

from __future__ import annotations

from domain.sealing.note import VerifierKey
from schemas.errors import ProofError, SettingsError
from storage.settings import Settings


def keys_of_the_system(settings: Settings) -> tuple[str, str]:
    """Return the public keys of the stages and of the seals.

    Raises:
        SettingsError: one is not set, or that of the seals is not a key.
    """
    service, seal = settings.service_public_key, settings.seal_public_key
    if not service or not seal:
        name = "NCPI_SEAL_PUBLIC_KEY" if service else "NCPI_SERVICE_PUBLIC_KEY"
        raise SettingsError(f"{name}: expected the public key, found none; `ncpi up` makes one (docs/settings.md)")
    try:
        VerifierKey.parse(seal)
    except ProofError as error:
        # The register would keep it for ever, and no later seal could be checked.
        raise SettingsError(f"NCPI_SEAL_PUBLIC_KEY: {error}") from None
    return service, seal
