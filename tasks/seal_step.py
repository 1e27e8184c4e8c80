"""Sealing as Prefect tasks; run by the process that holds the seal key, and by no other."""

from __future__ import annotations

from functools import cache

from storage.clock import utc_now
from storage.outbox.delivery import Delivered, deliver
from storage.outbox.mail import mail_server
from storage.record.seals import SealStore
from storage.s3.objects import open_bucket
from storage.sealing.notes import NotesFolder
from storage.sealing.sealer import Sealer, SealResult
from storage.secrets.configured_keys import sealing_key
from storage.settings import Bucket, Duty, data_folder, read_settings
from tasks.step import step


@step("seal what is new")
def seal_what_is_new() -> SealResult:
    """Seal everything new that follows its chain."""
    return _sealer().seal()


@step("deliver the notes")
def deliver_notes(seals: int) -> Delivered:
    """Write and send the notes that management does not have yet."""
    settings = read_settings()
    folder = NotesFolder(settings.notes_folder or data_folder() / "notes")
    store = SealStore(open_bucket(Bucket.LEDGER, Duty.SEAL, settings))
    return deliver(store, seals, folder, mail_server(settings), utc_now())


@cache
def _sealer() -> Sealer:
    """Return the sealer of this process, which remembers what it has read."""
    settings = read_settings()
    objects = open_bucket(Bucket.LEDGER, Duty.SEAL, settings)
    return Sealer(objects, settings.seal_origin, sealing_key(settings), utc_now)
