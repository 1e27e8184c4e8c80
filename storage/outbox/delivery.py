"""Deliver notes: write the missing ones, send the waiting ones."""

from __future__ import annotations

import datetime as dt
import smtplib
from dataclasses import dataclass

from storage.outbox.mail import MAIL_AWAY, MailServer, message_of
from storage.record.seals import SealStore
from storage.sealing.notes import NotesFolder


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run of delivery did."""

    written: int
    sent: int
    """Number of notes that every recipient now has."""
    waiting: int = 0
    """Number of notes that wait for a recipient."""
    fault: str | None = None
    """Why not: a class of error, since the text of a mail server may hold anything."""
    refused: tuple[str, ...] = ()
    """Each recipient whom the mail server refused, with the code of its answer; the next run tries again."""


def deliver(
    seals: SealStore, count: int, folder: NotesFolder, server: MailServer | None, now: dt.datetime
) -> Delivered:
    """Write the notes that the folder lacks, and send those that wait there, in one message to all who lack the same.

    Args:
        count: number of seals.
        server: None to send no mail.

    Raises:
        OSError: the folder cannot be written.
    """
    missing = folder.missing(count)
    for n in missing:
        folder.write(seals.at(n))
    if not server:
        return Delivered(len(missing), 0)
    recipients_of: dict[tuple[int, ...], list[str]] = {}
    for recipient in server.recipients:
        recipients_of.setdefault(folder.unsent(recipient), []).append(recipient)
    sent: set[int] = set()
    waiting: set[int] = set()
    refused: dict[str, int] = {}
    fault: str | None = None
    for numbers, recipients in recipients_of.items():
        if not numbers:
            continue
        message = message_of({number: folder.note(number) for number in numbers}, server, now)
        try:
            refused_now = server.send(message, recipients)
        except MAIL_AWAY as error:
            fault = type(error).__name__
            waiting.update(numbers)
            continue
        folder.mark_sent(numbers[-1], [one for one in recipients if one not in refused_now])
        folder.mark_sent(numbers[0] - 1, refused_now)
        refused |= refused_now
        (waiting if refused_now else sent).update(numbers)
    if refused:
        fault = fault or smtplib.SMTPRecipientsRefused.__name__
    named = tuple(f"{recipient} ({code})" for recipient, code in refused.items())
    return Delivered(len(missing), len(sent - waiting), len(waiting), fault, named)
