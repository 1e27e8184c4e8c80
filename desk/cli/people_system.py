"""`ncpi people provider`, `service-key`, `seal-key`: what admins register that is no person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer

from desk.cli import options
from desk.cli.people_options import open_as, tell
from desk.cli.printing import console, errors_for_people
from desk.people.founding import keys_of_the_system
from desk.people.provider import Provider
from desk.people.system_keys import confirm_provider, register_provider, register_seal_key, register_service_key
from domain.people.id_token import thumbprints_of
from schemas.errors import SettingsError
from storage.settings import read_settings

_LARGEST_BYTES: Final = 20_000


def provider_command(
    issuer: Annotated[str, typer.Argument(help="The provider's address, as it names itself (`iss`).")],
    client: Annotated[str, typer.Option("--client", help="This system's client id at the provider.")],
    person: options.Person,
    keys_file: Annotated[
        Path | None,
        typer.Option("--keys", help="Its key set as a file (JWKS); read from the provider when left out."),
    ] = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Register an identity provider; again after it has changed its keys. A second admin confirms it.

    Compare the thumbprints that it prints with those that the provider's operator reads out to you.

    Example: ncpi people provider https://login.example.org --client ncpi-desk --person jo.keller
    """
    with errors_for_people(as_json=as_json):
        if keys_file is not None:
            keys = _text_of(keys_file)
        else:
            with httpx.Client(timeout=10) as http:
                keys = Provider(http, _nowhere).keys_of(issuer)
        registry, admin = open_as(person, passphrase_file)
        recorded = register_provider(registry, admin, issuer=issuer, client=client, keys=keys)
        thumbprints = thumbprints_of(keys)
        needs_second = recorded.digest in registry.register.read().state.pending_providers
        words = "the identity provider is registered"
        if needs_second:
            words += ", and waits for a second admin (`ncpi people confirm-provider`)"
        tell(recorded, words, as_json=as_json, thumbprints=thumbprints, needs_second=needs_second)
        if not as_json:
            _print_thumbprints(thumbprints)


def confirm_provider_command(
    issuer: Annotated[str, typer.Argument(help="The provider's address, as it names itself (`iss`).")],
    thumbprints: Annotated[
        list[str], typer.Option("--key", help="Thumbprint of a key that its operator says it has; again for each.")
    ],
    person: options.Person,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Agree, as a second admin, to the keys of an identity provider, with the thumbprints that its operator gave you.

    Example: ncpi people confirm-provider https://login.example.org --key 9d1f… --person sam.okafor
    """
    with errors_for_people(as_json=as_json):
        registry, admin = open_as(person, passphrase_file)
        recorded = confirm_provider(registry, admin, issuer, thumbprints)
        tell(recorded, "the identity provider is confirmed", as_json=as_json)


def service_key_command(
    person: options.Person, passphrase_file: options.PassphraseFile = None, as_json: options.Json = False
) -> None:
    """Let the stages sign with NCPI_SERVICE_PUBLIC_KEY from now on, and with no earlier key.

    Example: ncpi people service-key --person jo.keller
    """
    with errors_for_people(as_json=as_json):
        registry, admin = open_as(person, passphrase_file)
        recorded = register_service_key(registry, admin, keys_of_the_system(read_settings())[0])
        tell(recorded, "the key of the stages is registered", as_json=as_json)


def seal_key_command(
    person: options.Person, passphrase_file: options.PassphraseFile = None, as_json: options.Json = False
) -> None:
    """Let seals be checked with NCPI_SEAL_PUBLIC_KEY from now on.

    Example: ncpi people seal-key --person jo.keller
    """
    with errors_for_people(as_json=as_json):
        registry, admin = open_as(person, passphrase_file)
        recorded = register_seal_key(registry, admin, keys_of_the_system(read_settings())[1])
        tell(recorded, "the key of the seals is registered", as_json=as_json)


def _text_of(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(_LARGEST_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file}: expected a key set (JSON), found {type(error).__name__}"
        raise SettingsError(message) from None
    return text


def _print_thumbprints(thumbprints: Sequence[str]) -> None:
    for thumbprint in thumbprints:
        console().print(f"  key {thumbprint}", markup=False)


def _nowhere(_address: str) -> None:
    """Open no browser: reading keys needs none."""
