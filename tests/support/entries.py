"""Chains of entries that follow one another, signed, without the rules of any inspection."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signing import KeySigner, sign_entry
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Actor, Entry, UnsignedEntry, genesis_of
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
SIGNER = KeySigner(Actor(person="pat.howells", role=Role.PROGRAMME_MANAGER, assurance="person-key"), KEY)


def entries(inspection: str, count: int, *, after: bytes | None = None) -> list[bytes]:
    """Make the bytes of so many entries, after another or from the first."""
    last = Entry.from_bytes(after) if after else None
    prev = digest_of(after) if after else genesis_of(inspection)
    written = []
    for seq in range(last.seq + 1 if last else 0, (last.seq + 1 if last else 0) + count):
        content = UnsignedEntry(
            inspection=inspection,
            seq=seq,
            id=f"entry/{seq}",
            kind=Kind.OPENED,
            at=AT + dt.timedelta(minutes=seq),
            actor=SIGNER.actor,
            document=None,
            facts={},
            because=None,
            prev=prev,
        )
        written.append(sign_entry(content, SIGNER).to_bytes())
        prev = digest_of(written[-1])
    return written


def leaves(inspection: str, written: list[bytes]) -> list[tuple[str, str]]:
    """Return their leaves, from the first entry on."""
    return [(f"ledger/{inspection}/{seq:08d}.json", digest_of(data)) for seq, data in enumerate(written)]
