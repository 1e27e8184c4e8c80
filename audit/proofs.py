"""Read what is sealed, and prove parts of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.sealing.note import VerifierKey
from domain.sealing.proof import prove_consistency, prove_entry
from domain.sealing.seal_chain import SealChain
from schemas.errors import NotFoundError
from schemas.sealing.proof import ConsistencyProof, EntryProof
from storage import keys
from storage.record.register import RegisterStore
from storage.record.seals import SealStore
from storage.s3.objects import Objects, open_bucket
from storage.secrets.configured_keys import checking_keys
from storage.settings import Bucket, Duty, read_settings

PLACE: Final = re.compile(r"([a-z0-9-]+)/([0-9]{1,8})")
DIGEST: Final = re.compile(r"[0-9a-f]{12,64}")


@dataclass(frozen=True, slots=True)
class Seals:
    """All seals, verified, and the keys that they were verified with."""

    chain: SealChain
    trusted: tuple[VerifierKey, ...]
    objects: Objects
    """The ledger bucket, for an entry as it is stored now."""

    @property
    def note(self) -> str:
        """The newest note.

        Raises:
            NotFoundError: nothing was sealed yet.
        """
        if self.chain.last is None:
            raise NotFoundError(
                "no seal was made yet; the first is made within minutes of the first entry (docs/operations.md)"
            )
        return self.chain.last.note


def open_seals() -> Seals:
    """Read and check all seals with the auditor's key.

    Raises:
        ChainBrokenError: the seals or the register are not what was written.
    """
    settings = read_settings()
    objects = open_bucket(Bucket.LEDGER, Duty.AUDITOR, settings)
    trusted = checking_keys(settings, RegisterStore(objects).read())
    return Seals(SealStore(objects).read(trusted), trusted, objects)


def proof_of_entry(seals: Seals, entry: str) -> EntryProof:
    """Return the proof of one entry, named `<inspection>/<seq>` or by the beginning of its digest.

    Raises:
        NotFoundError: no sealed entry has this name.
        ProofError: it was altered since it was sealed.
    """
    note = seals.note
    key = _key_of(seals.chain, entry)
    return prove_entry(seals.chain.leaves, key, seals.objects.read(key), note, seals.trusted)


def proof_of_consistency(seals: Seals, old_note: str) -> ConsistencyProof:
    """Return the proof that the record still begins with what an older note fixed.

    Raises:
        ProofError: it does not.
    """
    return prove_consistency(seals.chain.leaves, old_note, seals.note, seals.trusted)


def _key_of(chain: SealChain, entry: str) -> str:
    if place := PLACE.fullmatch(entry):
        return keys.ledger_entry(place[1], int(place[2]))
    found = [key for key, digest in chain.leaves if digest.startswith(entry)]
    if len(found) != 1:
        raise NotFoundError(
            f"entry {entry[:12]}…: expected one sealed entry with this digest, found {len(found)}; `ncpi audit show` "
            "lists digests, and seals are made every few minutes"
        )
    return found[0]
