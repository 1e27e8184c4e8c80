"""Notes for management: each a file in a folder, from which it is also sent by e-mail.

For each recipient the notes after the last one that the mail server took for them are those to send. So neither a mail
server that is down, nor a recipient whom it refuses, nor a crash loses a note; at worst one is sent twice, as the same
message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from schemas.sealing.seal import Seal
from storage.atomic_file import make_folder, write_atomically

_NAME: Final = re.compile(r"([0-9]{8})\.note")
_SENT: Final = "sent-up-to"


class NotesFolder:
    """The folder of all notes since its first use, each named by the number of its seal."""

    def __init__(self, path: Path) -> None:
        """Work in a folder, which is made when the first note is written."""
        self._path = path

    def missing(self, seals: int) -> range:
        """Return the numbers of the seals without a note here; in an empty folder only the newest, which covers all.

        Args:
            seals: how many there are.

        Raises:
            OSError: the folder cannot be read.
        """
        newest = max(self._numbers(), default=seals - 2)
        return range(max(newest + 1, 0), seals)

    def write(self, seal: Seal) -> None:
        """Write the note of a seal, wholly or not at all.

        Raises:
            OSError: the disk or the folder refuses.
        """
        self._write(_name(seal.n), seal.note)

    def unsent(self, recipient: str) -> tuple[int, ...]:
        """Return the numbers of the notes to send to a recipient; the newest alone when none was ever sent to them.

        Raises:
            OSError: the folder cannot be read.
        """
        numbers = sorted(self._numbers())
        sent = self._sent().get(recipient)
        return tuple(numbers[-1:] if sent is None else (number for number in numbers if number > sent))

    def note(self, number: int) -> str:
        """Read the note of a seal.

        Raises:
            OSError: it is not there.
        """
        return (self._path / _name(number)).read_text(encoding="utf-8")

    def mark_sent(self, number: int, recipients: Iterable[str]) -> None:
        """Record that every note up to this one was sent to these recipients.

        Raises:
            OSError: the disk or the folder refuses.
        """
        sent = {**self._sent(), **dict.fromkeys(recipients, number)}
        self._write(_SENT, "".join(f"{number} {recipient}\n" for recipient, number in sent.items()))

    def _sent(self) -> dict[str, int]:
        """Read the number of the last note sent to each recipient; empty when the file is missing or damaged."""
        try:
            lines = (self._path / _SENT).read_text(encoding="utf-8").splitlines()
            return {recipient: int(number) for number, recipient in (line.split(" ", 1) for line in lines)}
        except (FileNotFoundError, ValueError):
            return {}

    def _numbers(self) -> Iterable[int]:
        try:
            names = [path.name for path in self._path.iterdir()]
        except FileNotFoundError:
            return ()
        return tuple(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))

    def _write(self, name: str, text: str) -> None:
        # Management reads them, often from another account; they contain digests only.
        make_folder(self._path, 0o777)
        write_atomically(self._path / name, text.encode(), mode=0o666)


def _name(number: int) -> str:
    return f"{number:08d}.note"
