"""Notes reach management: as files, and by a real mail server that may be down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import ssl
import subprocess
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import verifier_key_of
from schemas.errors import SettingsError
from storage import keys
from storage.outbox.delivery import Delivered, deliver
from storage.outbox.mail import MailServer, mail_server, message_of
from storage.record.seals import SealStore
from storage.sealing.notes import NotesFolder
from storage.sealing.sealer import Sealer
from storage.settings import Settings
from tests.support.entries import entries
from tests.support.memory import MemoryObjects
from tests.support.servers.mail import messages, smtp_server
from tests.support.servers.running import free_port

ORIGIN = "ncpi.invalid/ledger"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = (verifier_key_of(ORIGIN, PRIVATE),)
AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
KENT = entries("kent-2025", 9)


class Sealing:
    """Seals one entry at a time and delivers as a run does."""

    def __init__(self, folder, server=None):
        self.objects = MemoryObjects()
        self.folder, self.server = NotesFolder(folder), server
        minutes = itertools.count()
        self.sealer = Sealer(self.objects, ORIGIN, PRIVATE, lambda: AT + dt.timedelta(minutes=next(minutes)))
        self.sealed = 0

    def seal(self):
        self.objects.create(keys.ledger_entry("kent-2025", self.sealed), KENT[self.sealed], "application/json")
        self.sealed += 1
        assert self.sealer.seal().seals == self.sealed

    def deliver(self):
        return deliver(SealStore(self.objects), self.sealed, self.folder, self.server, AT)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "for" / "management"


def plain_server(port):
    return MailServer(
        "127.0.0.1", port, "seals@ncpi.example", ("one@ncpi.example", "two@ncpi.example"), False, None, None
    )


def attached(message):
    return {
        part.get_filename(): part.get_payload(decode=True).decode() for part in message.walk() if part.get_filename()
    }


def test_each_note_is_a_file_as_it_was_signed(folder):
    sealing = Sealing(folder)
    for n in range(3):
        sealing.seal()
        assert sealing.deliver() == Delivered(written=1, sent=0)
        note = (folder / f"{n:08d}.note").read_text()
        assert Checkpoint.from_note(note, TRUSTED).size == n + 1
    assert sealing.deliver() == Delivered(written=0, sent=0)
    assert sorted(path.name for path in folder.iterdir()) == [f"{n:08d}.note" for n in range(3)]


def test_notes_that_a_crash_left_out_are_written_by_the_next_run(folder):
    sealing = Sealing(folder)
    sealing.seal()
    sealing.deliver()
    for _ in range(3):
        sealing.seal()
    assert sealing.deliver().written == 3
    assert len(list(folder.iterdir())) == 4


def test_a_new_folder_starts_with_the_newest_note(folder):
    sealing = Sealing(folder)
    for _ in range(3):
        sealing.seal()
    assert sealing.deliver().written == 1
    assert [path.name for path in folder.iterdir()] == ["00000002.note"]


def test_before_the_first_seal_there_is_nothing_to_deliver(folder):
    assert Sealing(folder).deliver() == Delivered(written=0, sent=0)
    assert not folder.exists()


def test_a_note_is_mailed_once_to_all(folder, tmp_path):
    port = free_port()
    sealing = Sealing(folder, plain_server(port))
    with smtp_server(tmp_path / "mail", port):
        for _ in range(2):
            sealing.seal()
            assert sealing.deliver().sent == 1
        assert sealing.deliver() == Delivered(written=0, sent=0)
    first, second = messages(tmp_path / "mail")
    assert first["X-RcptTo"] == "one@ncpi.example, two@ncpi.example"
    assert second["Subject"].startswith("Seal 1: 2 entries, root ")
    assert attached(second) == {"00000001.note": (folder / "00000001.note").read_text()}
    assert Checkpoint.from_note(attached(first)["00000000.note"], TRUSTED).size == 1


def test_a_mail_server_that_is_down_loses_no_note(folder, tmp_path):
    port = free_port()
    sealing = Sealing(folder, plain_server(port))
    with smtp_server(tmp_path / "mail", port):
        sealing.seal()
        sealing.deliver()
    for waiting in (1, 2, 3):
        sealing.seal()
        assert sealing.deliver() == Delivered(1, 0, waiting, "ConnectionRefusedError")
    with smtp_server(tmp_path / "mail", port):
        # Another process: nothing of what waits was in memory.
        sealing.folder = NotesFolder(folder)
        assert sealing.deliver() == Delivered(written=0, sent=3)
        assert sealing.deliver() == Delivered(written=0, sent=0)
    _, later = messages(tmp_path / "mail")
    assert sorted(attached(later)) == ["00000001.note", "00000002.note", "00000003.note"]
    assert all(Checkpoint.from_note(note, TRUSTED) for note in attached(later).values())


def test_a_message_that_the_server_refuses_is_sent_again(folder, tmp_path):
    port = free_port()
    sealing = Sealing(folder, plain_server(port))
    sealing.seal()
    with smtp_server(tmp_path / "mail", port, "-s", "100"):
        assert sealing.deliver().fault == "SMTPSenderRefused"
    with smtp_server(tmp_path / "mail", port):
        assert sealing.deliver().sent == 1


class RefusesTwo:
    """A mail server's handler that refuses one recipient for as long as it is told to."""

    def __init__(self):
        self.is_refusing, self.received = True, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802 - the server's names
        if self.is_refusing and address == "two@ncpi.example":
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802 - the server's names
        self.received.append((list(envelope.rcpt_tos), sorted(attached(message_from_bytes(envelope.content)))))
        return "250 OK"


@pytest.mark.parametrize("recipients", [("one@ncpi.example", "two@ncpi.example"), ("two@ncpi.example",)])
def test_a_recipient_whom_the_server_refuses_is_named_and_tried_again_and_others_get_each_note_once(folder, recipients):
    port, handler = free_port(), RefusesTwo()
    sealing = Sealing(folder, dataclasses.replace(plain_server(port), recipients=recipients))
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        for waiting in (1, 2):
            sealing.seal()
            expected = Delivered(1, 0, waiting, "SMTPRecipientsRefused", ("two@ncpi.example (550)",))
            assert sealing.deliver() == expected
        handler.is_refusing = False
        # Another process: nothing of what waits was in memory.
        sealing.folder = NotesFolder(folder)
        assert sealing.deliver() == Delivered(written=0, sent=2)
        assert sealing.deliver() == Delivered(written=0, sent=0)
    finally:
        controller.stop()
    got = {who: sorted(name for to, names in handler.received if who in to for name in names) for who in recipients}
    assert got == {who: ["00000000.note", "00000001.note"] for who in recipients}


def test_a_new_recipient_begins_with_the_newest_note(folder, tmp_path):
    port = free_port()
    sealing = Sealing(folder, dataclasses.replace(plain_server(port), recipients=("one@ncpi.example",)))
    with smtp_server(tmp_path / "mail", port):
        for _ in range(2):
            sealing.seal()
            sealing.deliver()
        sealing.server = plain_server(port)
        assert sealing.deliver() == Delivered(written=0, sent=1)
        assert sealing.deliver() == Delivered(written=0, sent=0)
    assert [one["X-RcptTo"] for one in messages(tmp_path / "mail")].count("two@ncpi.example") == 1


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("a@b.example", ("a@b.example",)),
        (" a@b.example , c@d.example,", ("a@b.example", "c@d.example")),
        ('"Head, Audit" <head@b.example>, chair@b.example', ("head@b.example", "chair@b.example")),
        ("Head of Audit <head@b.example>", ("head@b.example",)),
        ("a@b.example, A <a@b.example>", ("a@b.example",)),
    ],
)
def test_recipients_may_have_names(text, recipients):
    assert mail_server(mail_settings(smtp_to=text)).recipients == recipients


@pytest.mark.parametrize(
    "text",
    ["a@b.example; c@d.example", "Head, Audit <head@b.example>", "head", "a@b.example,,c@d.example", "head@"],
)
@pytest.mark.parametrize("setting", ["smtp_to", "smtp_from"])
def test_what_is_not_a_list_of_addresses_is_refused(setting, text):
    with pytest.raises(SettingsError, match=f"NCPI_{setting.upper()}: expected mail addresses with commas between"):
        mail_server(mail_settings(**{setting: text}))


def mail_settings(**given):
    complete = {"s3_endpoint": "http://127.0.0.1:9", "smtp_host": "mail.example"}
    return Settings.model_validate(complete | {"smtp_from": "a@b.example", "smtp_to": "c@d.example"} | given)


def test_a_crash_between_sending_and_marking_sends_the_same_message_again(folder, tmp_path):
    port = free_port()
    sealing = Sealing(folder, plain_server(port))
    sealing.seal()
    with smtp_server(tmp_path / "mail", port):
        sealing.deliver()
        (folder / "sent-up-to").unlink()
        sealing.deliver()
    assert len({one["Message-ID"] for one in messages(tmp_path / "mail")}) == 1
    assert len(messages(tmp_path / "mail")) == 2


def test_a_message_holds_notes_and_counts_and_nothing_of_an_inspection(folder):
    sealing = Sealing(folder)
    sealing.seal()
    sealing.deliver()
    text = message_of({0: sealing.folder.note(0)}, plain_server(25), AT).as_string()
    assert "kent" not in text
    assert "pat.howells" not in text


class OneUser:
    def __call__(self, server, session, envelope, mechanism, data):  # noqa: ARG002 - the server's arguments
        is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"seals", b"zqsecret")
        return AuthResult(success=is_known, handled=False)


@pytest.fixture
def secure_port(tmp_path, monkeypatch):
    """Run a server that takes messages from one user over TLS only."""
    certificate, key, port = tmp_path / "certificate.pem", tmp_path / "key.pem", free_port()
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-out", certificate, "-keyout", key], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    controller = Controller(
        Mailbox(str(tmp_path / "mail")),
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=OneUser(),
    )
    controller.start()
    yield port
    controller.stop()


def test_mail_goes_over_tls_with_a_password(folder, tmp_path, secure_port):
    given = {"smtp_host": "127.0.0.1", "smtp_port": secure_port, "smtp_starttls": True, "smtp_user": "seals"}
    given |= {"smtp_from": "seals@ncpi.example", "smtp_to": "one@ncpi.example", "s3_endpoint": "http://127.0.0.1:9"}
    sealing = Sealing(folder, mail_server(Settings.model_validate(given | {"smtp_password": "zqsecret"})))
    sealing.seal()
    assert sealing.deliver() == Delivered(written=1, sent=1)
    assert len(messages(tmp_path / "mail")) == 1
    sealing.server = mail_server(Settings.model_validate(given | {"smtp_password": "wrong"}))
    sealing.seal()
    assert sealing.deliver().fault == "SMTPAuthenticationError"


def test_nothing_is_sent_to_a_server_without_a_valid_certificate(folder, secure_port, monkeypatch, tmp_path):
    monkeypatch.delenv("SSL_CERT_FILE")
    server = MailServer("127.0.0.1", secure_port, "a@b.example", ("c@d.example",), True, "seals", "zqsecret")
    sealing = Sealing(folder, server)
    sealing.seal()
    assert sealing.deliver().fault == "SSLCertVerificationError"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "NCPI_SMTP_FROM and NCPI_SMTP_TO"),
        ({"smtp_from": "a@b.example"}, "NCPI_SMTP_FROM and NCPI_SMTP_TO"),
        ({"smtp_from": "a@b.example", "smtp_to": " , "}, "NCPI_SMTP_FROM and NCPI_SMTP_TO"),
        ({"smtp_from": "a@b.example", "smtp_to": "c@d.example", "smtp_password": "zqsecret"}, "in the clear"),
    ],
)
def test_an_incomplete_mail_setting_is_refused(given, words):
    settings = Settings.model_validate({"s3_endpoint": "http://127.0.0.1:9", "smtp_host": "mail.example", **given})
    with pytest.raises(SettingsError, match=words) as caught:
        mail_server(settings)
    assert "zqsecret" not in str(caught.value)


def test_without_a_mail_server_no_mail_is_sent():
    assert mail_server(Settings.model_validate({"s3_endpoint": "http://127.0.0.1:9"})) is None
