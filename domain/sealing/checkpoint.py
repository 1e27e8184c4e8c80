"""What a seal signs: how many leaves there are, and the root of the tree over them (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from domain.sealing.note import open_note, sign_note
from schemas.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from domain.sealing.note import VerifierKey

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_ROOT_BYTES: Final = 32
_SHORT_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree, named by size and root, of the log that an origin names."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note.

        Raises:
            ProofError: it is no checkpoint, or one with lines that this system never writes.
        """
        lines = text.split("\n")
        if len(lines) == 4 and not lines[3] and lines[0] and _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - three lines and their end
            root = _root(lines[2])
            if root is not None:
                return cls(lines[0], int(lines[1]), root)
        message = (
            "checkpoint: expected origin, size and root in three lines, found something else; keep notes as they came"
        )
        raise ProofError(message)

    @classmethod
    def from_note(cls, note: str, keys: Collection[VerifierKey]) -> Self:
        """Read the checkpoint of a note that one of these keys has signed under the name of the checkpoint's origin.

        Raises:
            ProofError: it is no such note.
        """
        checkpoint = cls.parse(open_note(note, keys))
        if checkpoint.origin not in {key.name for key in keys}:
            message = f"checkpoint: expected the origin that its key is named for, found {checkpoint.origin}"
            raise ProofError(message)
        return checkpoint

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @property
    def short_root(self) -> str:
        """The beginning of the root, for print: enough to find the note that holds all of it."""
        return self.root.hex()[:_SHORT_DIGITS]

    def signed(self, key: Ed25519PrivateKey) -> str:
        """Make the note of it, under the name of its origin."""
        return sign_note(self.text, self.origin, key)


def _root(encoded: str) -> bytes | None:
    try:
        root = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return root if len(root) == _ROOT_BYTES and base64.b64encode(root).decode() == encoded else None
