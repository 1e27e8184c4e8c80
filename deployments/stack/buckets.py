"""Create the buckets of a stack and probe its S3 server, once that server answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from domain.people.register import Register
from schemas.errors import StackError
from storage.record.register import RegisterStore
from storage.s3.buckets import prepare_buckets
from storage.s3.objects import S3_UNAVAILABLE, code_of, open_bucket
from storage.s3.probe import probe
from storage.settings import Bucket, Duty, settings_of


def create_buckets(environment: Mapping[str, str], report: Callable[[str], None] = print) -> Register:
    """Create the buckets with their rules, check that the server keeps every guarantee, and return its register.

    Args:
        report: called with each rule of a bucket that was not as it must be.

    Raises:
        SettingsError: naming each setting that is missing or wrong, without its value.
        StoreUnfitError: the server lacks a guarantee.
        StackError: the server does not answer, or refuses.
        ChainBrokenError: the register is not what was written.
    """
    # Not those of this process, whose environment may hold settings of an earlier start.
    settings = settings_of(environment)
    try:
        for difference in prepare_buckets(settings):
            report(f"{difference}; set again. If nobody meant it, a key was misused (docs/operations.md)")
        probe(settings)
        return RegisterStore(open_bucket(Bucket.LEDGER, Duty.AUDITOR, settings)).read()
    except (*S3_UNAVAILABLE, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # Without the address, which may hold a password.
        raise StackError(
            f"NCPI_S3_ENDPOINT: expected an S3 server that answers and accepts the keys, found {code_of(error)}; start "
            "that server, correct the address or the NCPI_S3_* keys, or unset the address so that this stack starts one"
        ) from None
