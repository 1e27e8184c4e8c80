"""The verified entries of one inspection, and what may follow them.

Rules:
* Entries are read in order of seq from 0; each bears the SHA-256 of the bytes before it, the first that of its genesis.
* The state is what the moves table makes of the kinds in order; a kind illegal in its state breaks the chain.
* An idempotency id stands once in one ledger.
* Instants never go back: an entry is dated no earlier than what its writer had read.
* Every entry bears a signature. Whose it is the register says (domain/people/register.py), not this module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydantic import ValidationError

from domain.calendar import time_in_words
from domain.lifecycle.set_aside import fault_of_setting_aside, named_in, set_aside
from domain.signing import Signer, sign_entry
from schemas.errors import ChainBrokenError, IllegalMoveError, RefusedError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference, Entry, Fact, UnsignedEntry, genesis_of
from schemas.lifecycle.moves import SIDE_ENTRIES, START, Kind, Position, State

MAX_CLOCKS_APART: Final = dt.timedelta(minutes=30)
"""By how much the clocks of two writers may differ: S3 refuses a request whose clock is a quarter of an hour off."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry together with the digest of its stored bytes."""

    entry: Entry
    digest: str


@dataclass(frozen=True)
class History:
    """What one ledger says, checked link by link when it was read."""

    inspection_id: str
    recorded: tuple[Recorded, ...] = ()

    @classmethod
    def from_bytes(cls, inspection_id: str, stored: Iterable[bytes]) -> History:
        """Check and decode a whole ledger, oldest entry first.

        Raises:
            ChainBrokenError: naming the first entry that is not what was written.
        """
        history = cls(inspection_id)
        for data in stored:
            history = history.followed_by(data)
        return history

    @cached_property
    def position(self) -> Position:
        """Where the inspection stands, and where it stands again after an interruption."""
        position = START
        for recorded in self.standing:
            # Only verification, which reads past what is broken, meets a kind that may not follow.
            if recorded.entry.kind in position.legal:
                position = position.after(recorded.entry.kind)
        return position

    @cached_property
    def set_aside(self) -> frozenset[str]:
        """Digests of the entries that two people set aside: they stay in the chain and count for nothing else."""
        return set_aside(self.recorded)

    @cached_property
    def standing(self) -> tuple[Recorded, ...]:
        """Every entry but those that are set aside."""
        return tuple(one for one in self.recorded if one.digest not in self.set_aside)

    def dated_back(self) -> Iterator[tuple[int, str]]:
        """Yield the place of each entry that stands and is dated before one that it follows, and words."""
        latest = dt.datetime.min.replace(tzinfo=dt.UTC)
        for one in self.standing:
            if one.entry.at < latest:
                yield one.entry.seq, "expected an instant no earlier than those of the entries before, found an earlier"
            latest = max(latest, one.entry.at)

    def instant_from(self, now: dt.datetime, but: Collection[str] = ()) -> dt.datetime:
        """Return the instant of the next entry: now, or that of the newest where another computer's clock is ahead.

        Args:
            but: digests of entries whose instants do not count, because they are to be set aside.

        Raises:
            RefusedError: one of the two clocks is wrong.
        """
        newest = max((one.entry.at for one in self.standing if one.digest not in but), default=now)
        if newest - now > MAX_CLOCKS_APART:
            raise RefusedError(
                f"{self.inspection_id}: this computer's clock says {time_in_words(now)}, the newest entry "
                f"{time_in_words(newest)}; fix the clock that is wrong"
            )
        return max(now, newest)

    @property
    def state(self) -> State:
        """Where the inspection stands."""
        return self.position.state

    @property
    def head(self) -> str:
        """Digest that the next entry must bear as `prev`."""
        return self.recorded[-1].digest if self.recorded else genesis_of(self.inspection_id)

    @property
    def last(self) -> Recorded | None:
        """The newest entry; None while nothing was recorded."""
        return self.recorded[-1] if self.recorded else None

    @property
    def last_on_path(self) -> Recorded | None:
        """The newest entry that is no side entry; the state follows from it."""
        return next((one for one in reversed(self.standing) if one.entry.kind not in SIDE_ENTRIES), None)

    def before(self, recorded: Recorded) -> History:
        """Return the history up to an entry, without it."""
        return History(self.inspection_id, tuple(one for one in self.recorded if one.entry.seq < recorded.entry.seq))

    def all_of(self, *kinds: Kind) -> tuple[Recorded, ...]:
        """List the entries of these kinds, oldest first."""
        return tuple(one for one in self.standing if one.entry.kind in kinds)

    def latest(self, *kinds: Kind) -> Recorded | None:
        """Find the newest entry of any of these kinds."""
        return next((one for one in reversed(self.standing) if one.entry.kind in kinds), None)

    def count(self, kind: Kind) -> int:
        """Count the entries of a kind."""
        return sum(one.entry.kind is kind for one in self.standing)

    def with_id(self, idempotency_key: str) -> Recorded | None:
        """Find the entry that bears an idempotency key."""
        return next((one for one in self.standing if one.entry.id == idempotency_key), None)

    def id_of(self, kind: Kind, cause: Recorded | None = None) -> str:
        """Return the id of the next entry of a kind: by the place of its cause, so that one cause has one such entry.

        Args:
            cause: left out where an entry may stand any number of times; its own place then makes it unique.
        """
        place = cause.entry.seq if cause else len(self.recorded)
        return f"{kind.value}/{place:08d}"

    def followed_by(self, data: bytes) -> History:
        """Check the bytes of the next entry against this history, and return the history with it.

        Raises:
            ChainBrokenError: the bytes are not a legal next entry.
        """
        seq = len(self.recorded)
        entry = self._decoded(data)
        if entry.inspection != self.inspection_id:
            raise self._broken(seq, f"an entry of {self.inspection_id}", f"one of {entry.inspection}")
        if entry.seq != seq:
            raise self._broken(seq, f"seq {seq}", f"seq {entry.seq}")
        if entry.prev != self.head:
            raise self._broken(seq, f"prev {self.head[:12]}…", f"{entry.prev[:12]}…")
        if self.with_id(entry.id):
            raise self._broken(seq, "an id that was not used before", entry.id)
        if entry.kind not in self.position.legal:
            raise self._broken(seq, f"a kind that may follow {self.state.value!r}", entry.kind.value)
        if entry.kind is Kind.FOREIGN_SET_ASIDE and fault_of_setting_aside(self.recorded, entry):
            raise self._broken(seq, "entries that may be set aside", "others")
        return History(self.inspection_id, (*self.recorded, Recorded(entry, digest_of(data))))

    def next_entry(
        self,
        kind: Kind,
        *,
        id: str | None = None,  # noqa: A002 - the field's name
        at: dt.datetime,
        signer: Signer,
        document: DocumentReference | None = None,
        facts: Mapping[str, Fact] | None = None,
        because: str | None = None,
    ) -> Entry:
        """Make the next entry and sign it, without storing it.

        Args:
            id: as `id_of` makes it from the cause; from its own place when left out.
            at: now; the entry is dated later where an entry that it follows is.
            because: digest of the causing entry; the newest entry when left out.

        Raises:
            IllegalMoveError: that kind may not follow here.
            RefusedError: the clock is far behind that of another writer.
        """
        if kind not in self.position.legal:
            expected = " or ".join(sorted(one.value for one in self.position.legal - set(SIDE_ENTRIES))) or "nothing"
            raise IllegalMoveError(
                f"{self.inspection_id}: {kind.value} may not follow {self.state.value!r}; next is {expected}"
            )
        last, facts = self.last, dict(facts or {})
        content = UnsignedEntry(
            inspection=self.inspection_id,
            seq=len(self.recorded),
            id=id or self.id_of(kind),
            kind=kind,
            at=self.instant_from(at, named_in(kind, facts)),
            actor=signer.actor,
            document=document,
            facts=facts,
            because=because or (last.digest if last else None),
            prev=self.head,
        )
        return sign_entry(content, signer)

    def _decoded(self, data: bytes) -> Entry:
        seq = len(self.recorded)
        try:
            entry = Entry.from_bytes(data)
        except ValidationError:
            raise self._broken(seq, "an entry of format 2", "bytes that are none") from None
        if entry.to_bytes() != data:
            raise self._broken(seq, "canonical JSON (RFC 8785)", "another encoding")
        return entry

    def _broken(self, seq: int, expected: str, found: str) -> ChainBrokenError:
        return ChainBrokenError(
            f"{self.inspection_id} entry {seq}: expected {expected}, found {found}; the ledger is not what was "
            "written, so nothing more is recorded: tell management and keep the bucket as it is (docs/operations.md)"
        )
