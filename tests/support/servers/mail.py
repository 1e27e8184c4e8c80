"""A real mail server in a process of its own, which stores what it receives in a Maildir."""

from __future__ import annotations

import mailbox
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def smtp_server(folder: Path, port: int, *options: str) -> Iterator[None]:
    """Run the server during a block; what it received stays in the folder."""
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", *options]
    process = subprocess.Popen([*command, "-c", "aiosmtpd.handlers.Mailbox", str(folder)])
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the mail server ended"
                assert time.monotonic() < deadline, "the mail server did not start"
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def messages(folder: Path) -> list[mailbox.MaildirMessage]:
    """Read the received messages, by subject."""
    return sorted(mailbox.Maildir(folder), key=lambda one: str(one["Subject"]))
