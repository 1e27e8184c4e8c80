"""The chain of one ledger, read past its breaks, so that verification finds all of them.

Everything else reads a ledger by `domain/lifecycle/history.py`, which stops at the first. What is a break
is the same in both but for the kinds: which may follow which is a rule of conduct here
(`audit/verification/compliance.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from domain.lifecycle.history import History, Recorded
from domain.lifecycle.set_aside import entries_named
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry, genesis_of
from schemas.lifecycle.moves import Kind


@dataclass(frozen=True, slots=True)
class ChainLink:
    """The object at one place of a ledger."""

    key: str
    place: int
    digest: str
    entry: Entry | None
    """None when the bytes are not an entry."""


@dataclass(slots=True)
class LenientChain:
    """One ledger, place by place, and its breaks."""

    inspection_id: str
    links: list[ChainLink] = field(default_factory=list)
    breaks: list[tuple[int, str]] = field(default_factory=list)
    """Place and words of each break."""

    @property
    def head(self) -> str:
        """Digest of the object at the last place."""
        return self.links[-1].digest if self.links else genesis_of(self.inspection_id)

    @property
    def history(self) -> History:
        """What can be read as entries, in order, whatever is wrong with their chain."""
        recorded = tuple(Recorded(link.entry, link.digest) for link in self.links if link.entry)
        return History(self.inspection_id, recorded)

    @classmethod
    def read(cls, inspection_id: str, stored: Iterable[tuple[str, bytes]]) -> LenientChain:
        """Read the objects in a ledger's folder, in order of key."""
        made = cls(inspection_id)
        ids: set[str] = set()
        for place, (key, data) in enumerate(stored):
            entry = made._decoded(place, data)
            if not key.endswith(f"/{place:08d}.json"):
                made.breaks.append((place, f"expected {place:08d}.json, found {key.rpartition('/')[2]}"))
            if entry is not None:
                made.breaks += [(place, words) for words in made._breaks(place, entry, ids)]
                ids.add(entry.id)
            if entry is not None and entry.kind is Kind.FOREIGN_SET_ASIDE:
                # What is set aside has used up no id.
                named = entries_named(entry)
                ids -= {link.entry.id for link in made.links if link.entry and link.digest in named}
            made.links.append(ChainLink(key, place, digest_of(data), entry))
        return made

    def _decoded(self, place: int, data: bytes) -> Entry | None:
        try:
            entry = Entry.from_bytes(data)
        except ValidationError:
            self.breaks.append((place, "expected an entry of format 2, found bytes that cannot be read as one"))
            return None
        if entry.to_bytes() != data:
            self.breaks.append((place, "expected canonical JSON (RFC 8785), found a different encoding"))
        return entry

    def _breaks(self, place: int, entry: Entry, ids: set[str]) -> Iterator[str]:
        if entry.inspection != self.inspection_id:
            yield f"expected an entry of {self.inspection_id}, found one of {entry.inspection}"
        if entry.seq != place:
            yield f"expected seq {place}, found seq {entry.seq}"
        if entry.prev != self.head:
            yield f"expected prev {self.head[:12]}…, found {entry.prev[:12]}…"
        if entry.id in ids:
            yield f"expected an unused id, found {entry.id} a second time"
