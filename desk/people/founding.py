"""What the first record of the register takes in: the keys of the system, and every ledger as it stood unsigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.note import VerifierKey
from schemas.entry import UNSIGNED_VERSION
from schemas.errors import InspectionError, ProofError, SettingsError
from schemas.register import UnsignedLedger
from storage.client import client_for
from storage.ledger import Ledger
from storage.objects import S3Objects
from storage.settings import Bucket, Duty

if TYPE_CHECKING:
    from storage.settings import Settings


def keys_of_the_system(settings: Settings) -> tuple[str, str]:
    """Give the public keys of the stages and of the seals.

    Raises:
        SettingsError: one is not set, or that of the seals is none.
    """
    service, seal = settings.service_public_key, settings.seal_public_key
    if not service or not seal:
        name = "NCPI_SEAL_PUBLIC_KEY" if service else "NCPI_SERVICE_PUBLIC_KEY"
        message = f"{name}: wanted the public key, found none; `ncpi up` makes one (README, Settings)"
        raise SettingsError(message)
    try:
        VerifierKey.parse(seal)
    except ProofError as error:
        # In the register it would stand for ever, and every seal after it would be by nobody.
        message = f"NCPI_SEAL_PUBLIC_KEY: {error}"
        raise SettingsError(message) from None
    return service, seal


def unsigned_ledgers(settings: Settings) -> tuple[UnsignedLedger, ...]:
    """Count what was recorded before acts were signed.

    Raises:
        LedgerError: a ledger is not what was written; nothing of it may be taken in.
    """
    return counted(Ledger(S3Objects(client_for(Duty.LEDGER, settings), Bucket.LEDGER.value)))


def counted(ledger: Ledger) -> tuple[UnsignedLedger, ...]:
    """Give the length and head of the unsigned beginning of each ledger.

    Raises:
        LedgerError: a ledger is not what was written.
    """
    found: list[UnsignedLedger] = []
    for inspection, history in ledger.histories():
        if isinstance(history, InspectionError):
            raise history
        unsigned = [one for one in history.recorded if one.entry.version == UNSIGNED_VERSION]
        if unsigned:
            found.append(UnsignedLedger(inspection=inspection, entries=len(unsigned), head=unsigned[-1].digest))
    return tuple(found)
