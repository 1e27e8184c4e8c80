"""Make the buckets of a stack and prove its S3 server fit; what `ncpi up` does once that server answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PREFIX: Final = "NCPI_"


def make_buckets(environment: Mapping[str, str]) -> None:
    """Make the buckets with their rules, then ask the server to show each guarantee that the ledger rests on.

    Raises:
        SettingsError: the environment lacks a setting.
        StoreUnfitError: the server lacks a guarantee.
    """
    # These need boto3, which takes half a second that `ncpi --help` need not pay.
    from storage.buckets import prepare_buckets  # noqa: PLC0415
    from storage.probe import probe  # noqa: PLC0415
    from storage.settings import Settings  # noqa: PLC0415

    # From the given environment, not this process's, which may hold what an earlier start has written.
    given = {name.removeprefix(_PREFIX).lower(): value for name, value in environment.items() if name[:5] == _PREFIX}
    settings = Settings.model_validate(given)
    prepare_buckets(settings)
    probe(settings)
