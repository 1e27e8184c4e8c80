"""Send notes by e-mail: a message holds notes and counts, and nothing about any inspection."""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import Final

from domain.sealing.checkpoint import Checkpoint
from schemas.errors import SettingsError
from storage.settings import Settings

MAIL_AWAY: Final = (OSError, smtplib.SMTPException)
"""Raised when the server did not take a message; the next run sends it again."""
_TIMEOUT_SECONDS: Final = 10
_ADDRESS: Final = re.compile(r"[^@\s;,<>\"]+@[^@\s;,<>\"]+")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and the sender and recipients of our messages."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    """Bare addresses, each once."""
    has_starttls: bool
    user: str | None
    password: str | None

    def send(self, message: EmailMessage, recipients: Collection[str]) -> dict[str, int]:
        """Send a message, and return the recipients whom the server refused, with the code of its answer.

        Raises:
            OSError: the server cannot be reached.
            SMTPException: it took the message for nobody, for another reason than the recipients.
        """
        with smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS) as connection:
            if self.has_starttls:
                connection.starttls(context=ssl.create_default_context())
            if self.user and self.password:
                connection.login(self.user, self.password)
            try:
                refused = connection.send_message(message, self.sender, list(recipients))
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
        return {recipient: code for recipient, (code, _) in refused.items()}


def mail_server(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings; None where they name none.

    Raises:
        SettingsError: sender or recipients are missing or no addresses, or the password would be sent in the clear.
    """
    if settings.smtp_host is None:
        return None
    senders = _addresses("NCPI_SMTP_FROM", settings.smtp_from)
    recipients = _addresses("NCPI_SMTP_TO", settings.smtp_to)
    if not settings.smtp_from or not senders or not recipients:
        raise SettingsError(
            "NCPI_SMTP_HOST is set: expected NCPI_SMTP_FROM and NCPI_SMTP_TO as well, found none; set both"
        )
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    if password and not settings.smtp_starttls:
        raise SettingsError(
            "NCPI_SMTP_PASSWORD is set: expected NCPI_SMTP_STARTTLS=true as well, or it would be sent in the clear"
        )
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from,
        recipients,
        settings.smtp_starttls,
        settings.smtp_user,
        password,
    )


def _addresses(setting: str, text: str | None) -> tuple[str, ...]:
    """Return the bare addresses of a setting, which may have names: `"Head, Audit" <head@example.org>`."""
    text = (text or "").strip(", ")
    if not text:
        return ()
    found = [address for _, address in getaddresses([text])]
    if not all(_ADDRESS.fullmatch(address) for address in found):
        raise SettingsError(
            f"{setting}: expected mail addresses with commas between, found something else; write names that hold a "
            "comma in quotation marks"
        )
    return tuple(dict.fromkeys(found))


def message_of(notes: Mapping[int, str], server: MailServer, now: dt.datetime) -> EmailMessage:
    """Return a message with each note as a file and the newest in its text.

    Args:
        notes: by the number of their seal; at least one.
    """
    newest = max(notes)
    checkpoint = Checkpoint.parse(notes[newest].rpartition("\n\n")[0] + "\n")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Seal {newest}: {checkpoint.size} entries, root {checkpoint.short_root}"
    message["From"] = server.sender
    message["To"] = ", ".join(server.recipients)
    message["Date"] = format_datetime(now)
    # The same notes have the same id, so that a message that arrives twice is recognised.
    domain = server.sender.rpartition("@")[2].strip("<> ") or "localhost"
    message["Message-ID"] = f"<seal-{min(notes)}-{newest}-{checkpoint.short_root}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"Seal {newest} fixes {checkpoint.size} entries of the record. Keep this note, apart from the system: with it "
        "the next audit finds whether anything that it fixes was altered, removed or rolled back.\n\n"
        f"{len(notes)} {'note is' if len(notes) == 1 else 'notes are'} attached. The newest is:\n\n{notes[newest]}"
    )
    for number, note in sorted(notes.items()):
        message.add_attachment(
            note.encode(), maintype="application", subtype="octet-stream", filename=f"{number:08d}.note"
        )
    return message
