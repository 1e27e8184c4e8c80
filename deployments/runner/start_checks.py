"""What a runner and the sealing process check before they take work: every setting is there, and the key is registered.

A stage would find the same, but only after it was taken from a runner that could do it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from domain.people.register import Register
from domain.sealing.note import verifier_key_of
from schemas.errors import ChainBrokenError, NcpiError, SettingsError
from storage.outbox.mail import mail_server
from storage.prefect.api import PrefectServer
from storage.record.ledger import Ledger
from storage.record.register import RegisterStore
from storage.s3.objects import S3_UNAVAILABLE, open_bucket
from storage.s3.read_cache import ReadCache, shared_cache
from storage.secrets.configured_keys import sealing_key, service_signer
from storage.settings import STAGE_DUTIES, Bucket, Duty, Settings

_log = logging.getLogger("ncpi.runner")


def stage_check(settings: Settings) -> Callable[[], None]:
    """Return the check that a runner makes at its start and then at each poll.

    Raises:
        SettingsError: naming every setting that is missing or wrong.
    """
    _require(settings, STAGE_DUTIES, lambda: service_signer(settings))
    key = service_signer(settings).public_key
    return _key_check(settings, Duty.LEDGER, lambda register: register.check_service_key(key))


def sealing_check(settings: Settings) -> Callable[[], None]:
    """Return the check that the sealing process makes at its start and then at each poll.

    Raises:
        SettingsError: naming every setting that is missing or wrong.
    """
    _require(settings, (Duty.SEAL,), lambda: sealing_key(settings), lambda: mail_server(settings))
    key = str(verifier_key_of(settings.seal_origin, sealing_key(settings)))
    return _key_check(settings, Duty.SEAL, lambda register: register.check_seal_key(key))


def entry_check(settings: Settings, duty: Duty) -> Callable[[str | None, str], bool]:
    """Return what a runner asks of the ledger before an event starts anything: whether there is such an entry.

    The answer is yes where the ledger cannot be read: the run that is started says why.
    """
    bucket = open_bucket(Bucket.LEDGER, duty, settings)
    ledger, register = Ledger(bucket, shared_cache()), RegisterStore(bucket, ReadCache())

    def stands(inspection_id: str | None, digest: str) -> bool:
        try:
            read = register.read() if inspection_id is None else ledger.history(inspection_id)
            return any(one.digest == digest for one in read.recorded)
        except (*S3_UNAVAILABLE, NcpiError):
            return True

    return stands


@contextmanager
def errors_in_log() -> Iterator[None]:
    """Log an expected error in one line and end the process with its status."""
    try:
        yield
    except NcpiError as error:
        _log.error(str(error))
        raise SystemExit(error.exit_status) from None


def _require(settings: Settings, duties: tuple[Duty, ...], *others: Callable[[], object]) -> None:
    faults: list[str] = []
    reads: list[Callable[[], object]] = [partial(settings.credential, duty) for duty in duties]
    reads += [*others, partial(PrefectServer, settings)]
    for read in reads:
        try:
            read()
        except SettingsError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError("; ".join(faults))


def _key_check(settings: Settings, duty: Duty, check: Callable[[Register], None]) -> Callable[[], None]:
    store = RegisterStore(open_bucket(Bucket.LEDGER, duty, settings), ReadCache())

    def check_key() -> None:
        try:
            register = store.read()
        except (*S3_UNAVAILABLE, ChainBrokenError) as error:
            # Nothing is recorded meanwhile: each stage and each seal reads the register itself.
            _log.warning("register not read", extra={"error": type(error).__name__})
        else:
            check(register)

    return check_key
