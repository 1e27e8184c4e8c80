"""The register of people, verified record by record, and what it says of whoever signed an entry.

What makes its chain: records in order of seq from 0, canonical JSON, each with the SHA-256 of the bytes before it, the
first with that of a fixed text. Rules of what may follow stand in `register_rules.py`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from domain.people.entry_rules import credential_of, fault_of_entry
from domain.people.register_rules import fault_of_record
from domain.people.register_state import RegisterState
from domain.people.register_transitions import apply
from schemas.errors import ChainBrokenError
from schemas.identifiers import digest_of
from schemas.people.register import GENESIS, RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.people.membership import Membership
    from schemas.lifecycle.entry import Entry
    from schemas.people.register import Body
    from schemas.people.roles import Role


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record together with the digest of its stored bytes."""

    record: RegisterRecord
    digest: str


@dataclass(frozen=True)
class Register:
    """Everything that the register says; empty before it is founded."""

    recorded: tuple[StoredRecord, ...] = ()
    state: RegisterState = field(default_factory=RegisterState)

    @classmethod
    def from_bytes(cls, stored: Iterable[bytes]) -> Register:
        """Check and decode the whole register, oldest record first.

        Raises:
            ChainBrokenError: naming the first record that is not what was written, or that breaks a rule.
        """
        recorded: list[StoredRecord] = []
        state, head, last = RegisterState(), GENESIS, None
        for seq, data in enumerate(stored):
            record = _decoded(seq, data, head)
            if fault := fault_of_record(state, record, last):
                raise _broken(seq, fault)
            head, last = digest_of(data), record.at
            state = apply(state, record, head)
            recorded.append(StoredRecord(record, head))
        return cls(tuple(recorded), state)

    @property
    def records(self) -> tuple[RegisterRecord, ...]:
        """All records, oldest first."""
        return tuple(one.record for one in self.recorded)

    @property
    def head(self) -> str:
        """Digest that the next record must bear as `prev`."""
        return self.recorded[-1].digest if self.recorded else GENESIS

    @property
    def is_founded(self) -> bool:
        """Whether there is a first record."""
        return bool(self.recorded)

    @property
    def seal_keys(self) -> tuple[str, ...]:
        """Every key that ever checked seals, oldest first."""
        return tuple(period.value for period in self.state.seals.periods)

    def seal_key(self, at: dt.datetime) -> str | None:
        """Return the key that checks seals made at an instant."""
        return self.state.seals.at(at)

    def service_key(self, at: dt.datetime) -> str | None:
        """Return the key with which stages signed at an instant."""
        return self.state.service.at(at)

    def member(self, person: str, at: dt.datetime | None = None) -> Membership | None:
        """Return a person as they stood at an instant, or stand now; None when nobody such was a member then."""
        return self.state.member(person, at)

    def roles_of(self, person: str, at: dt.datetime) -> tuple[Role, ...]:
        """Return the roles that a person held at an instant; none for nobody."""
        member = self.state.member(person, at)
        return member.roles if member else ()

    def force_of(self, person: str, at: dt.datetime) -> str | None:
        """Return the force that a person spoke for at an instant; None for everybody but a force liaison."""
        member = self.state.member(person, at)
        return member.force if member else None

    def fault_of(self, entry: Entry) -> str | None:
        """Say why an entry is not by whom it names, in words without case data; None when it is.

        Keys, roles and providers are those of the entry's instant. That it was signed before its key ended, and not
        only dated so, is for the seals to show (`ended_by`).
        """
        if not self.is_founded:
            return "expected a founded register to check the signature against, found none"
        return fault_of_entry(self.state, entry)

    def ended_by(self, entry: Entry) -> int | None:
        """Find the record that ended the key or login with which an entry was signed; None while it is good."""
        if entry.actor.person == "ncpi":
            return self.state.service.ended_after(entry.at, lambda _: True)
        dated = self.state.people.get(entry.actor.person)
        if dated is None:
            return None
        held = credential_of(dated.at(entry.at))
        return dated.ended_after(entry.at, lambda member: credential_of(member) != held)

    def followed_by(self, data: bytes) -> Register:
        """Check the bytes of the next record against this register and take them in.

        Raises:
            ChainBrokenError: the bytes are not a legal next record.
        """
        record = _decoded(len(self.recorded), data, self.head)
        if fault := self.fault_of_next(record):
            raise _broken(record.seq, fault)
        digest = digest_of(data)
        return Register((*self.recorded, StoredRecord(record, digest)), apply(self.state, record, digest))

    def fault_of_next(self, record: RegisterRecord) -> str | None:
        """Say which rule a signed record would break as the next one; None when it may follow."""
        return fault_of_record(self.state, record, self.recorded[-1].record.at if self.recorded else None)

    def next_record(self, body: Body, *, by: str, subject: str, at: dt.datetime) -> RegisterRecord:
        """Make the record that would follow, not signed yet."""
        return RegisterRecord(seq=len(self.recorded), at=at, by=by, subject=subject, body=body, prev=self.head)


def _decoded(seq: int, data: bytes, head: str) -> RegisterRecord:
    try:
        record = RegisterRecord.from_bytes(data)
    except ValidationError:
        raise _broken(seq, "expected a record of format 1, found bytes that are none") from None
    if record.to_bytes() != data:
        raise _broken(seq, "expected canonical JSON (RFC 8785), found another encoding")
    if record.seq != seq:
        raise _broken(seq, f"expected seq {seq}, found seq {record.seq}")
    if record.prev != head:
        raise _broken(seq, f"expected prev {head[:12]}…, found {record.prev[:12]}…")
    return record


def _broken(seq: int, fault: str) -> ChainBrokenError:
    return ChainBrokenError(
        f"register record {seq}: {fault}; the register is not what was written, so nobody can act: tell management and "
        "keep the bucket as it is (docs/operations.md)"
    )
