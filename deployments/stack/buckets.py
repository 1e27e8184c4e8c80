"""Create the buckets of a stack and probe its S3 server, once that server answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from schemas.errors import SettingsError

if TYPE_CHECKING:
    from storage.settings import Settings

_PREFIX: Final = "NCPI_"


def create_buckets(environment: Mapping[str, str]) -> None:
    """Create the buckets with their rules, then check that the server keeps every guarantee that the ledger needs.

    Raises:
        SettingsError: naming each setting that is missing or wrong, without its value.
        StoreUnfitError: the server lacks a guarantee.
    """
    # These need boto3, which takes half a second that `ncpi --help` need not pay.
    from storage.s3.buckets import prepare_buckets  # noqa: PLC0415
    from storage.s3.probe import probe  # noqa: PLC0415

    settings = _settings_of(environment)
    prepare_buckets(settings)
    probe(settings)


def _settings_of(environment: Mapping[str, str]) -> Settings:
    from pydantic import ValidationError  # noqa: PLC0415

    from storage.settings import Settings  # noqa: PLC0415

    # From the given environment, because that of this process may hold settings of an earlier start.
    given = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(_PREFIX) and value
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        names = ", ".join(
            f"{_PREFIX}{'_'.join(str(part) for part in one['loc']).upper()} ({one['msg']})" for one in error.errors()
        )
        message = f"settings: {names}; fix them and start again (docs/settings.md)"
        raise SettingsError(message) from None
