from __future__ import annotations

import pytest

from desk.people.founding import keys_of_the_system
from domain.signing import public_key_of
from schemas.errors import SettingsError
from storage.settings import Settings
from tests.support.archive import SEAL_KEY, verifier_key
from tests.support.people import key_for

SERVICE = public_key_of(key_for("ncpi"))
SEAL = verifier_key(SEAL_KEY)


def test_the_keys_of_the_system_are_those_that_are_set() -> None:
    settings = Settings(s3_endpoint="http://127.0.0.1:9", service_public_key=SERVICE, seal_public_key=SEAL)
    assert keys_of_the_system(settings) == (SERVICE, SEAL)


@pytest.mark.parametrize(
    ("service", "seal", "words"),
    [
        (None, SEAL, "NCPI_SERVICE_PUBLIC_KEY: expected the public key, found none"),
        (SERVICE, None, "NCPI_SEAL_PUBLIC_KEY: expected the public key, found none"),
        (SERVICE, "n" + SEAL, "NCPI_SEAL_PUBLIC_KEY: verifier key: expected the id"),
        (SERVICE, SEAL[:-8], "NCPI_SEAL_PUBLIC_KEY: verifier key: expected <name>"),
    ],
)
def test_a_key_that_is_none_never_gets_into_the_register(service: str | None, seal: str | None, words: str) -> None:
    settings = Settings(s3_endpoint="http://127.0.0.1:9", service_public_key=service, seal_public_key=seal)
    with pytest.raises(SettingsError) as raised:
        keys_of_the_system(settings)
    assert str(raised.value).startswith(words)
