"""Deliver notes: write the missing ones, send the waiting ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from storage.outbox.mail import MAIL_AWAY, MailServer, message_of
from storage.record.seals import SealStore
from storage.sealing.notes import NotesFolder


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run of delivery did."""

    written: int
    sent: int
    waiting: int = 0
    """Number of notes that were not sent."""
    fault: str | None = None
    """Why not: a class of error, since the text of a mail server may hold anything."""


def deliver(
    seals: SealStore, count: int, folder: NotesFolder, server: MailServer | None, now: dt.datetime
) -> Delivered:
    """Write the notes that the folder lacks, and send those that wait there, all in one message.

    Args:
        count: number of seals.
        server: None to send no mail.

    Raises:
        OSError: the folder cannot be written.
    """
    missing = folder.missing(count)
    for n in missing:
        folder.write(seals.at(n))
    waiting = folder.unsent() if server else ()
    if not server or not waiting:
        return Delivered(len(missing), 0)
    message = message_of({number: folder.note(number) for number in waiting}, server, now)
    try:
        server.send(message)
    except MAIL_AWAY as error:
        return Delivered(len(missing), 0, len(waiting), type(error).__name__)
    folder.mark_sent(waiting[-1])
    return Delivered(len(missing), len(waiting))
