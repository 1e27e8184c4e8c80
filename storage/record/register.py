"""The register of people in S3: one object a record, in the ledger's bucket; the PUT that creates it is the commit."""

from __future__ import annotations

from domain.people.register import Register
from schemas.people.register import RegisterRecord
from storage import keys
from storage.record.sequence import in_places, write_place
from storage.s3.objects import Objects
from storage.s3.read_cache import ReadCache
from storage.s3.versions import StoredVersion


class RegisterStore:
    """The one register of a ledger bucket."""

    def __init__(self, objects: Objects, cache: ReadCache | None = None) -> None:
        """Work on the ledger bucket.

        Args:
            cache: of what was read before; what was verified is then kept too, as long as the server lists the same
                versions. None to read and verify everything each time.
        """
        self.objects = objects
        """The ledger bucket."""
        self._cache = cache
        self._verified: tuple[tuple[StoredVersion, ...], Register] = ((), Register())

    def read(self) -> Register:
        """Read and verify the register; empty when it was never founded.

        Raises:
            ChainBrokenError: a gap, a second version, a delete marker, or a record that is not what was written.
        """
        listed = self.objects.versions(keys.REGISTER_PREFIX)
        versions = tuple(in_places("register record", keys.REGISTER_PREFIX, listed))
        if self._cache is None:
            return Register.from_bytes(self.objects.read(version.key) for version in versions)
        known, register = self._verified
        if versions[: len(known)] != known:
            known, register = (), Register()
        new = [self._cache.read(self.objects, version) for version in versions[len(known) :]]
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
            AlreadyWrittenError: another writer was first; nothing was changed.
            ChainBrokenError: the rules do not allow it; nothing was changed.
        """
        data = record.to_bytes()
        following = register.followed_by(data)
        write_place(self.objects, keys.register_record(record.seq), data, f"register record {record.seq}")
        return following
