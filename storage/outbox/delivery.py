"""Deliver notes: write those that are missing, send those that wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.outbox.mail import MAIL_AWAY, message_of

if TYPE_CHECKING:
    import datetime as dt

    from storage.outbox.mail import MailServer
    from storage.record.seals import SealStore
    from storage.sealing.notes import NotesFolder


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run of delivery did."""

    written: int
    sent: int
    waiting: int = 0
    """How many notes are still to be sent."""
    fault: str | None = None
    """Why they are; a class of error, for the text of a mail server may hold anything."""


def deliver(
    seals: SealStore, count: int, folder: NotesFolder, server: MailServer | None, now: dt.datetime
) -> Delivered:
    """Write the note of each seal that has none in the folder, and send what waits there, all in one message.

    Args:
        count: how many seals there are.
        server: None when no mail is to be sent.

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
