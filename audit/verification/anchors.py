"""What is known from outside the record. Without it a record that was rewritten as a whole looks whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import SettingsError


@dataclass(frozen=True, slots=True)
class HeldNote:
    """A note of a seal that was kept outside the store."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """The digest of the register's first record, keys that check notes, and notes that were kept."""

    register: str | None = None
    seal_keys: tuple[str, ...] = ()
    notes: tuple[HeldNote, ...] = ()


def read_notes(paths: list[Path]) -> tuple[HeldNote, ...]:
    """Read notes as they came, each a file.

    Raises:
        SettingsError: one cannot be read.
    """
    try:
        return tuple(HeldNote(path.name, path.read_text(encoding="utf-8")) for path in paths)
    except (OSError, UnicodeDecodeError):
        message = "--note: expected a file with a signed note, found one that cannot be read; give notes as they came"
        raise SettingsError(message) from None
