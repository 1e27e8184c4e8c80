"""The register in S3: one object a record, in the ledger's bucket, created once; the PUT is the commit point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people.register import Register
from schemas.errors import AlreadyWrittenError
from storage import keys
from storage.record.sequence import in_places

if TYPE_CHECKING:
    from schemas.people.register import RegisterRecord
    from storage.s3.objects import Objects
    from storage.s3.read_cache import ReadCache
    from storage.s3.versions import StoredVersion


class RegisterStore:
    """The one register of a ledger bucket."""

    def __init__(self, objects: Objects, cache: ReadCache | None = None) -> None:
        """Work on the ledger bucket.

        Args:
            cache: what was read before. With one, what was verified before is kept too, as long as the server lists the
                same versions; None to read and verify everything each time.
        """
        self._objects = objects
        self._cache = cache
        self._verified: tuple[tuple[StoredVersion, ...], Register] = ((), Register())

    def read(self) -> Register:
        """Read and verify the register; empty when it was never founded.

        Raises:
            ChainBrokenError: a gap, a second version, a delete marker, or a record that is not what was written.
        """
        listed = self._objects.versions(keys.REGISTER_PREFIX)
        versions = tuple(in_places("register record", keys.REGISTER_PREFIX, listed))
        if self._cache is None:
            return Register.from_bytes(self._objects.read(version.key) for version in versions)
        known, register = self._verified
        if versions[: len(known)] != known:
            known, register = (), Register()
        new = [self._cache.read(self._objects, version) for version in versions[len(known) :]]
        if known:
            for data in new:
                register = register.followed_by(data)
        else:
            register = Register.from_bytes(new)
        self._verified = (versions, register)
        return register

    def append(self, register: Register, record: RegisterRecord) -> Register:
        """Append the next record, durably, exactly once.

        Raises:
            AlreadyWrittenError: somebody else wrote this place first; nothing was changed.
            ChainBrokenError: the rules do not allow it; nothing was changed.
        """
        data = record.to_bytes()
        following = register.followed_by(data)
        key = keys.register_record(record.seq)
        # Taken: by ourselves if the reply to an earlier try was lost, else by another writer.
        if self._objects.create(key, data, "application/json") or self._objects.read(key) == data:
            return following
        message = f"register record {record.seq}: expected to write it, found it written by another; read again"
        raise AlreadyWrittenError(message)
