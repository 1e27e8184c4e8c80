"""What admins register that is no person: identity providers, the keys of the stages and of the seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.people.registry import record_by
from schemas.register import ProviderRegistered, SealKeyRegistered, ServiceRegistered

if TYPE_CHECKING:
    from desk.people.registry import Registry
    from domain.register import RecordedRecord
    from domain.signing import Signer


def register_provider(registry: Registry, admin: Signer, *, issuer: str, client: str, keys: str) -> RecordedRecord:
    """Believe an identity provider from now on, with these public keys in place of earlier ones.

    Args:
        client: our client id there.
        keys: its JSON Web Key Set, as JSON.

    Raises:
        RefusedError: the keys or the issuer cannot be used, or a rule does not allow it; nothing was written.
    """
    return record_by(registry, ProviderRegistered(issuer=issuer, client=client, keys=keys), admin)


def register_service_key(registry: Registry, admin: Signer, service_key: str) -> RecordedRecord:
    """Let the stages sign with this key from now on, and with no earlier one.

    Raises:
        RefusedError: the key stood in the register before, or a rule does not allow it; nothing was written.
    """
    return record_by(registry, ServiceRegistered(service_key=service_key), admin)


def register_seal_key(registry: Registry, admin: Signer, seal_key: str) -> RecordedRecord:
    """Let seals be checked with this key from now on.

    Raises:
        RefusedError: a rule does not allow it; nothing was written.
    """
    return record_by(registry, SealKeyRegistered(seal_key=seal_key), admin)
