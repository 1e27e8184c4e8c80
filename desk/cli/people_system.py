"""`ncpi people provider`, `service-key`, `seal-key`: what admins register that is no person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from desk.cli.command import command
from desk.cli.people_options import Signatory
from desk.cli.printing import console
from desk.people.founding import keys_of_the_system
from desk.people.provider import Provider
from desk.people.system_keys import confirm_provider, register_provider, register_seal_key, register_service_key
from domain.people.id_token import thumbprints_of
from schemas.errors import SettingsError, why_unreadable
from storage.settings import read_settings

_MAX_BYTES: Final = 20_000


@command
def provider_command(
    issuer: Annotated[str, typer.Argument(help="The provider's address, as it names itself (`iss`).")],
    client: Annotated[str, typer.Option("--client", help="This system's client id at the provider.")],
    signatory: Signatory,
    keys_file: Annotated[
        Path | None, typer.Option("--keys", help="Its key set as a file (JWKS); read from the provider when left out.")
    ] = None,
) -> None:
    """Register an identity provider; again after it has changed its keys. A second admin confirms it.

    Compare the thumbprints that it prints with those that the provider's operator reads out to you.

    Example: ncpi people provider https://login.example.org --client ncpi-desk --person jo.keller
    """
    if keys_file is not None:
        keys = _text_of(keys_file)
    else:
        with httpx.Client(timeout=10) as http:
            keys = Provider(http, show=lambda _: None).keys_of(issuer)  # reading keys needs no browser
    registry, admin = signatory.open()
    recorded = register_provider(registry, admin, issuer=issuer, client=client, keys=keys)
    thumbprints = thumbprints_of(keys)
    needs_second = recorded.digest in registry.register.read().state.pending_providers
    words = "the identity provider is registered"
    if needs_second:
        words += ", and waits for a second admin (`ncpi people confirm-provider`)"
    signatory.tell(recorded, words, thumbprints=thumbprints, needs_second=needs_second)
    if not signatory.as_json:
        for thumbprint in thumbprints:
            console().print(f"  key {thumbprint}", markup=False)


@command
def confirm_provider_command(
    issuer: Annotated[str, typer.Argument(help="The provider's address, as it names itself (`iss`).")],
    thumbprints: Annotated[
        list[str], typer.Option("--key", help="Thumbprint of a key that its operator says it has; again for each.")
    ],
    signatory: Signatory,
) -> None:
    """Agree, as a second admin, to the keys of an identity provider, with the thumbprints that its operator gave you.

    Example: ncpi people confirm-provider https://login.example.org --key 9d1f… --person sam.okafor
    """
    registry, admin = signatory.open()
    recorded = confirm_provider(registry, admin, issuer, thumbprints)
    signatory.tell(recorded, "the identity provider is confirmed")


@command
def service_key_command(signatory: Signatory) -> None:
    """Let the stages sign with NCPI_SERVICE_PUBLIC_KEY from now on, and with no earlier key.

    Example: ncpi people service-key --person jo.keller
    """
    registry, admin = signatory.open()
    recorded = register_service_key(registry, admin, keys_of_the_system(read_settings())[0])
    signatory.tell(recorded, "the key of the stages is registered")


@command
def seal_key_command(signatory: Signatory) -> None:
    """Let seals be checked with NCPI_SEAL_PUBLIC_KEY from now on.

    Example: ncpi people seal-key --person jo.keller
    """
    registry, admin = signatory.open()
    recorded = register_seal_key(registry, admin, keys_of_the_system(read_settings())[1])
    signatory.tell(recorded, "the key of the seals is registered")


def _text_of(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_MAX_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: expected a key set (JSON), found {why_unreadable(error)}") from None
    return text
