"""Signed notes (c2sp.org/signed-note) with Ed25519 keys: text with the names and signatures of its signers.

A key is written in one line, `<name>+<id>+<base64>`; the id binds name and key. Notes may also have signatures of
others, such as witnesses; what counts is whether one key that the reader trusts has signed, once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signing import is_signed_by
from schemas.errors import ProofError

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_DASH: Final = "— "
_MAX_CHARACTERS: Final = 100_000
_MAX_SIGNATURES: Final = 100


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key that signs notes, 32 bytes, and its name."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a key from its line.

        Raises:
            ProofError: it is not a key, or its id is not that of its name and key.
        """
        name, _, rest = text.strip().partition("+")
        written_id, _, encoded = rest.partition("+")
        data = decode_base64(encoded)
        if not _is_name(name) or data is None or len(data) != 1 + _KEY_BYTES or data[:1] != _ED25519:
            raise ProofError(
                "verifier key: expected <name>+<id>+<base64> of an Ed25519 key, found something else; copy all of it"
            )
        key = cls(name, data[1:])
        if key.id.hex() != written_id:
            raise ProofError(
                f"verifier key: expected the id {key.id.hex()} for this name and key, found another; copy all of it"
            )
        return key

    @property
    def id(self) -> bytes:
        """Four bytes that distinguish keys, even two with one name."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the key in one line, for a handbook or a setting."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


def verifier_keys_of(texts: Iterable[str]) -> Iterator[VerifierKey]:
    """Parse keys, without those that are none: no note can be signed with one."""
    for text in texts:
        try:
            yield VerifierKey.parse(text)
        except ProofError:
            continue


def verifier_key_of(name: str, key: Ed25519PrivateKey) -> VerifierKey:
    """Return the key that verifies what a private key signs under a name.

    Raises:
        ProofError: the name has spaces or a plus sign, or is empty.
    """
    if not _is_name(name):
        raise ProofError("name of a key: expected text without spaces and plus signs, found something else")
    return VerifierKey(name, key.public_key().public_bytes_raw())


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return a text as a note, signed under a name.

    Raises:
        ProofError: the text has control characters, or no newline at its end.
    """
    if not text.endswith("\n") or not _is_printable(text):
        raise ProofError("text of a note: expected whole lines without control characters, found something else")
    signature = base64.b64encode(verifier_key_of(name, key).id + key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{name} {signature}\n"


def open_note(note: str, keys: Collection[VerifierKey]) -> str:
    """Return the text of a note that one of these keys has signed.

    Raises:
        ProofError: it is not a note, none of the keys signed it, or more than once, or a signature of one is of another
            text.
    """
    text, signatures = _split(note)
    if len(note) > _MAX_CHARACTERS or not _is_printable(note) or not note.endswith("\n") or not signatures:
        raise ProofError(
            "note: expected text, an empty line and signature lines, found something else; use the note unaltered"
        )
    signed = 0
    for name, data in signatures:
        for key in set(keys):
            if (name, data[:_ID_BYTES]) != (key.name, key.id):
                continue
            if not is_signed_by(key.public, data[_ID_BYTES:], text.encode()):
                raise ProofError(f"note: the signature by {key.name} is not of this text; it was altered or forged")
            signed += 1
    if signed > 1:
        raise ProofError(f"note: expected one signature by a key that is trusted here, found {signed}; it was altered")
    if not signed:
        raise ProofError("note: no key that is trusted here has signed it; it is forged, or its key was not given")
    return text


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a note and its signatures, by name; no signatures when it is malformed."""
    text, blank, lines = note.rpartition("\n\n")
    signatures: list[tuple[str, bytes]] = []
    for line in lines.removesuffix("\n").split("\n"):
        name, space, encoded = line.removeprefix(_DASH).partition(" ")
        data = decode_base64(encoded)
        if not (blank and space and line.startswith(_DASH) and _is_name(name)) or data is None:
            return "", []
        if len(data) <= _ID_BYTES or len(signatures) == _MAX_SIGNATURES:
            return "", []
        signatures.append((name, data))
    return f"{text}\n", signatures


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(character.isspace() for character in text)


def _is_printable(text: str) -> bool:
    # A lone surrogate has no encoding.
    return all(character == "\n" or (character >= " " and not "\ud800" <= character <= "\udfff") for character in text)


def decode_base64(encoded: str) -> bytes | None:
    """Return the bytes of a base64 text; None for one that is not the usual encoding of them.

    Some bytes have several encodings. Only one is accepted, so that a note has one form.
    """
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == encoded else None
