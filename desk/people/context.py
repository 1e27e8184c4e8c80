"""Open the register and what its acts work with over the servers of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.people.registry import Registry
from storage.record.register import RegisterStore
from storage.s3.client import client_for
from storage.s3.objects import S3Objects
from storage.secrets.sealed_keys import SealedKeys
from storage.service_key import secret_bytes
from storage.settings import Bucket, Duty, read_settings

if TYPE_CHECKING:
    from storage.settings import Settings


def open_register(settings: Settings, duty: Duty = Duty.LEDGER) -> RegisterStore:
    """Open the register with the key of a duty."""
    return RegisterStore(S3Objects(client_for(duty, settings), Bucket.LEDGER.value))


def open_boxes(settings: Settings) -> SealedKeys:
    """Open the sealed keys.

    Raises:
        SettingsError: there is no pepper, or no key for the private bucket.
    """
    pepper = secret_bytes("NCPI_PEPPER", settings.pepper)
    return SealedKeys(S3Objects(client_for(Duty.INTAKE, settings), Bucket.PRIVATE.value), pepper)


def open_registry(settings: Settings | None = None) -> Registry:
    """Open everything that the register's acts need.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    settings = settings or read_settings()
    return Registry(open_register(settings), open_boxes(settings))
