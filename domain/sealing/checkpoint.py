"""What a seal signs: the number of leaves, the root of the tree over them, and the seal (c2sp.org/tlog-checkpoint).

The third has a line of its own, an extension of a checkpoint: the root covers the leaves, and nothing else would cover
when they were sealed and after which seal.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.note import VerifierKey, decode_base64, open_note, sign_note
from schemas.errors import ProofError

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_SEAL: Final = re.compile(r"ncpi-seal ([0-9a-f]{64})")
_ROOT_BYTES: Final = 32
_SHORT_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Size and root of the tree of the log with this origin."""

    origin: str
    size: int
    root: bytes
    seal: str = ""
    """SHA-256 of the seal without its note; empty in the checkpoint of another log."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a note.

        Raises:
            ProofError: it is not a checkpoint, or has lines that this system never writes.
        """
        lines = text.split("\n")
        extension = _SEAL.fullmatch(lines[3]) if len(lines) == 5 else None  # noqa: PLR2004 - three lines, one, their end
        if extension:
            del lines[3]
        if len(lines) == 4 and not lines[3] and lines[0] and _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - three lines and their end
            root = decode_base64(lines[2])
            if root is not None and len(root) == _ROOT_BYTES:
                return cls(lines[0], int(lines[1]), root, extension[1] if extension else "")
        raise ProofError(
            "checkpoint: expected origin, size, root and perhaps the digest of a seal, a line each, found something "
            "else; use the note unaltered"
        )

    @classmethod
    def from_note(cls, note: str, keys: Collection[VerifierKey]) -> Self:
        """Return the checkpoint of a note that one of these keys has signed, and one of them has its origin as name.

        Raises:
            ProofError: the note is malformed, not signed by a key, or of another origin.
        """
        checkpoint = cls.parse(open_note(note, keys))
        if checkpoint.origin not in {key.name for key in keys}:
            raise ProofError(f"checkpoint: expected the name of its key as the origin, found {checkpoint.origin}")
        return checkpoint

    @property
    def text(self) -> str:
        """The text that is signed: origin, size, root in base64 and the digest of the seal, a line each."""
        extension = f"ncpi-seal {self.seal}\n" if self.seal else ""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{extension}"

    @property
    def short_root(self) -> str:
        """First 16 hexadecimal digits of the root, for print: enough to find the full note."""
        return self.root.hex()[:_SHORT_DIGITS]

    def signed(self, key: Ed25519PrivateKey) -> str:
        """Return the checkpoint as a note, signed under the name of its origin."""
        return sign_note(self.text, self.origin, key)
