"""Create the buckets of a stack and probe its S3 server, once that server answers."""

from __future__ import annotations

from collections.abc import Mapping

from storage.s3.buckets import prepare_buckets
from storage.s3.probe import probe
from storage.settings import settings_of


def create_buckets(environment: Mapping[str, str]) -> None:
    """Create the buckets with their rules, then check that the server keeps every guarantee that the ledger needs.

    Raises:
        SettingsError: naming each setting that is missing or wrong, without its value.
        StoreUnfitError: the server lacks a guarantee.
    """
    # Not those of this process, whose environment may hold settings of an earlier start.
    settings = settings_of(environment)
    prepare_buckets(settings)
    probe(settings)
