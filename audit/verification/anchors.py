"""What is known from outside the record. Without it, nobody can see that the record was rewritten as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import SettingsError


@dataclass(frozen=True, slots=True)
class ExternalNote:
    """A seal's note that was kept outside the store."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """The digest of the register's first record, keys that check notes, and notes that were kept."""

    register: str | None = None
    seal_keys: tuple[str, ...] = ()
    notes: tuple[ExternalNote, ...] = ()


def read_notes(paths: list[Path]) -> tuple[ExternalNote, ...]:
    """Read notes as they came, each a file.

    Raises:
        SettingsError: one cannot be read.
    """
    try:
        return tuple(ExternalNote(path.name, path.read_text(encoding="utf-8")) for path in paths)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            "--note: expected a file with a signed note, found one that cannot be read; give notes as they came"
        ) from None
