"""Register what is not a person: identity providers, the keys of the stages and of the seals."""

from __future__ import annotations

from collections.abc import Collection

from desk.people.registry import Registry, record_by
from domain.people.id_token import thumbprints_of
from domain.people.register import StoredRecord
from domain.signing import Signer
from schemas.errors import RefusedError
from schemas.people.register import Confirmed, ProviderRegistered, SealKeyRegistered, ServiceRegistered


def register_provider(registry: Registry, admin: Signer, *, issuer: str, client: str, keys: str) -> StoredRecord:
    """Register an identity provider, with these public keys in place of earlier ones.

    It holds from now on where there is one admin; else once a second one confirms it.

    Args:
        client: our client id there.
        keys: its JSON Web Key Set, as JSON.

    Raises:
        RefusedError: the keys or the issuer cannot be used, or a rule does not allow it; nothing was written.
    """
    return record_by(registry, lambda _: ProviderRegistered(issuer=issuer, client=client, keys=keys), admin)


def confirm_provider(registry: Registry, admin: Signer, issuer: str, thumbprints: Collection[str]) -> StoredRecord:
    """Agree, as a second admin, to the registration of a provider that waits.

    Args:
        thumbprints: of the keys that the provider's operator says it has.

    Raises:
        RefusedError: none waits, its keys are others, or a rule does not allow it; nothing was written.
    """
    state = registry.register.read().state
    found = [(digest, one.body) for digest, one in state.pending_providers.items() if one.body.issuer == issuer]
    if not found:
        raise RefusedError("identity provider: expected a registration of that issuer that waits, found none")
    digest, body = found[0]
    if set(thumbprints) != set(thumbprints_of(body.keys)):
        raise RefusedError(
            "identity provider: expected the thumbprints of exactly the registered keys, found others; if its "
            "operator says they are right, tell management: another admin registered other keys"
        )
    return record_by(registry, lambda _: Confirmed(invitation=digest), admin)


def register_service_key(registry: Registry, admin: Signer, service_key: str) -> StoredRecord:
    """Let the stages sign with this key from now on, and with no earlier one.

    Raises:
        RefusedError: the key was already in the register, or a rule does not allow it; nothing was written.
    """
    return record_by(registry, lambda _: ServiceRegistered(service_key=service_key), admin)


def register_seal_key(registry: Registry, admin: Signer, seal_key: str) -> StoredRecord:
    """Let seals be checked with this key from now on.

    Raises:
        RefusedError: a rule does not allow it; nothing was written.
    """
    return record_by(registry, lambda _: SealKeyRegistered(seal_key=seal_key), admin)
