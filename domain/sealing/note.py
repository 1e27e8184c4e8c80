"""Signed notes as C2SP writes them (c2sp.org/signed-note), with Ed25519 keys: text that says by itself who signed it.

A key has a name and an id that binds the two, and is written in one line, `<name>+<id>+<base64>`. Notes may bear
signatures of others as well, such as witnesses; what counts is whether a key that the reader trusts has signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.errors import ProofError

if TYPE_CHECKING:
    from collections.abc import Collection

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_DASH: Final = "— "
_MOST_CHARACTERS: Final = 100_000
_MOST_SIGNATURES: Final = 100


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key that signs notes."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key as it is written.

        Raises:
            ProofError: it is none, or its id is not that of its name and key.
        """
        name, _, rest = text.strip().partition("+")
        written_id, _, encoded = rest.partition("+")
        data = _decoded(encoded)
        if not _is_name(name) or data is None or len(data) != 1 + _KEY_BYTES or data[:1] != _ED25519:
            message = (
                "verifier key: expected <name>+<id>+<base64> of an Ed25519 key, found something else; copy it whole"
            )
            raise ProofError(message)
        key = cls(name, data[1:])
        if key.id.hex() != written_id:
            message = (
                f"verifier key: expected the id {key.id.hex()} for this name and key, found another; copy it whole"
            )
            raise ProofError(message)
        return key

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys apart, also two of one name."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Write the key in one line, for a handbook or a setting."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


def verifier_key_of(name: str, key: Ed25519PrivateKey) -> VerifierKey:
    """Return the key that checks what a private key signs under a name.

    Raises:
        ProofError: no key can have that name.
    """
    if not _is_name(name):
        message = "name of a key: expected text without spaces and plus signs, found something else"
        raise ProofError(message)
    return VerifierKey(name, key.public_key().public_bytes_raw())


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Make a note of a text.

    Raises:
        ProofError: the text cannot stand in a note: it has control characters or does not end its last line.
    """
    if not text.endswith("\n") or not _is_printable(text):
        message = "text of a note: expected whole lines without control characters, found something else"
        raise ProofError(message)
    signature = base64.b64encode(verifier_key_of(name, key).id + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{name} {signature}\n"


def open_note(note: str, keys: Collection[VerifierKey]) -> str:
    """Return the text of a note that one of these keys has signed.

    Raises:
        ProofError: it is no note, none of them signed it, or one of them signed another text.
    """
    text, signatures = _parts(note)
    if len(note) > _MOST_CHARACTERS or not _is_printable(note) or not note.endswith("\n") or not signatures:
        message = (
            "note: expected text, an empty line and signature lines, found something else; keep notes as they came"
        )
        raise ProofError(message)
    is_signed = False
    for name, data in signatures:
        for key in keys:
            if (name, data[:_ID_BYTES]) != (key.name, key.id):
                continue
            if not _has_signed(key, text, data[_ID_BYTES:]):
                message = f"note: the signature of {key.name} is not one of this text; it was altered or forged"
                raise ProofError(message)
            is_signed = True
    if not is_signed:
        message = "note: no key that is trusted here has signed it; it is forged, or made with a key not given"
        raise ProofError(message)
    return text


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note into its text and its signatures; no signatures when it is no note."""
    text, blank, lines = note.rpartition("\n\n")
    signatures: list[tuple[str, bytes]] = []
    for line in lines.removesuffix("\n").split("\n"):
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        data = _decoded(encoded)
        if not (blank and space and line.startswith(_DASH) and _is_name(name)) or data is None:
            return "", []
        if len(data) <= _ID_BYTES or len(signatures) == _MOST_SIGNATURES:
            return "", []
        signatures.append((name, data))
    return f"{text}\n", signatures


def _has_signed(key: VerifierKey, text: str, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(sign.isspace() for sign in text)


def _is_printable(text: str) -> bool:
    return all(sign >= " " or sign == "\n" for sign in text) and _is_unicode(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _decoded(encoded: str) -> bytes | None:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    # One way to write it only, so that a note has one form.
    return data if base64.b64encode(data).decode() == encoded else None
