"""The register of people, verified record by record, and whether it confirms who signed an entry.

Its chain: records in order of seq from 0, in canonical JSON, each with the SHA-256 of the bytes before it, the first
with that of a fixed text. `register_rules.py` says which record may follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from pydantic import ValidationError

from domain.people.entry_rules import ended_by, fault_of_entry
from domain.people.membership import Membership
from domain.people.register_rules import fault_of_record
from domain.people.register_state import RegisterState, apply
from schemas.errors import ChainBrokenError, SettingsError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry
from schemas.people.register import GENESIS, Body, RegisterRecord


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record together with the digest of its stored bytes."""

    record: RegisterRecord
    digest: str


@dataclass(frozen=True)
class Register:
    """All records and the state that they make; empty until the register is founded."""

    recorded: tuple[StoredRecord, ...] = ()
    state: RegisterState = field(default_factory=RegisterState)

    @classmethod
    def from_bytes(cls, stored: Iterable[bytes]) -> Self:
        """Check and decode the whole register, oldest record first.

        Raises:
            ChainBrokenError: a record is not what was written, or breaks a rule; the message names the first.
        """
        register = cls()
        for data in stored:
            register = register.followed_by(data)
        return register

    @property
    def records(self) -> tuple[RegisterRecord, ...]:
        """All records, oldest first."""
        return tuple(one.record for one in self.recorded)

    @property
    def head(self) -> str:
        """Digest that the next record must have as `prev`."""
        return self.recorded[-1].digest if self.recorded else GENESIS

    @property
    def is_founded(self) -> bool:
        """Whether the register has its first record."""
        return bool(self.recorded)

    @property
    def seal_keys(self) -> tuple[str, ...]:
        """Every key that was ever registered to verify seals, oldest first."""
        return tuple(period.value for period in self.state.seals.periods)

    def member(self, person: str, at: dt.datetime | None = None) -> Membership | None:
        """Return a person's membership at an instant, or now; None when they were not a member then."""
        return self.state.member(person, at)

    def fault_of(self, entry: Entry) -> str | None:
        """Return why an entry was not signed by its stated actor, without case data; None when it was.

        Keys, roles and providers are those of the entry's instant. Only the seals can show that the entry was really
        signed before its key ended, and not just dated so (`domain/people/belief.py`).
        """
        if not self.is_founded:
            return "expected a founded register to check the signature against, found none"
        return fault_of_entry(self.state, entry)

    def check_service_key(self, key: str) -> None:
        """Refuse a public key of the stages that is not the registered one; before the register is founded, take any.

        Raises:
            SettingsError: another key is registered, so every entry that this one signed would stay broken for ever.
        """
        _check_key("NCPI_SERVICE_KEY", self.state.service.current, key, "service-key")

    def check_seal_key(self, key: str) -> None:
        """Refuse a public key of the seals that is not the one registered last; before the founding, take any.

        Raises:
            SettingsError: another key is registered.
        """
        _check_key("NCPI_SEAL_KEY", self.state.seals.current, key, "seal-key")

    def ended_by(self, entry: Entry) -> int | None:
        """Return seq of the record that ended the key, the login or the role of an entry; None where none did."""
        return ended_by(self.state, entry)

    def followed_by(self, data: bytes) -> Self:
        """Return the register with one more record, from its bytes.

        Raises:
            ChainBrokenError: the bytes are not a legal next record.
        """
        record = _decoded(len(self.recorded), data, self.head)
        if fault := self.fault_of_next(record):
            raise _broken(record.seq, fault)
        digest = digest_of(data)
        return type(self)((*self.recorded, StoredRecord(record, digest)), apply(self.state, record, digest))

    def fault_of_next(self, record: RegisterRecord) -> str | None:
        """Return which rule a signed record would break as the next one; None when it may follow."""
        return fault_of_record(self.state, record, self.recorded[-1].record.at if self.recorded else None)

    def next_record(self, body: Body, *, by: str, subject: str, at: dt.datetime) -> RegisterRecord:
        """Return the next record, not signed yet."""
        return RegisterRecord(seq=len(self.recorded), at=at, by=by, subject=subject, body=body, prev=self.head)


def _check_key(setting: str, registered: str | None, found: str, command: str) -> None:
    if registered not in {None, found}:
        raise SettingsError(
            f"{setting}: expected the private half of {registered}, which is registered, found that of {found}; set "
            f"the registered one, or let an admin register this one (`ncpi people {command}`; docs/operations.md)"
        )


def _decoded(seq: int, data: bytes, head: str) -> RegisterRecord:
    try:
        record = RegisterRecord.from_bytes(data)
    except ValidationError:
        raise _broken(seq, "expected a record of format 1, found other bytes") from None
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
