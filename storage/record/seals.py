"""The seals over all ledgers, in S3: one object a seal; the PUT that creates it is the commit.

What a crash leaves: before the PUT nothing; after it a seal, whose note the next run delivers.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection
from itertools import count

from pydantic import ValidationError

from domain.sealing.note import VerifierKey
from domain.sealing.seal_chain import SealChain
from schemas.errors import ChainBrokenError, NotFoundError
from schemas.sealing.seal import Seal
from storage import keys
from storage.record.sequence import in_places, write_place
from storage.s3.objects import Objects
from storage.s3.parallel import in_parallel
from storage.s3.read_cache import ReadCache, read_version


class SealStore:
    """All seals, in the ledger bucket."""

    def __init__(self, objects: Objects, cache: ReadCache | None = None) -> None:
        """Work on the ledger bucket; without a cache every seal is read from the server each time."""
        self._objects = objects
        self._cache = cache

    def read(self, trusted: Collection[VerifierKey]) -> SealChain:
        """Read and check every seal.

        Args:
            trusted: keys of which one must have signed each note.

        Raises:
            ChainBrokenError: a gap, a second version, a delete marker, or a seal that is not what was written.
        """
        chain = SealChain()
        versions = in_places("seal", keys.SEALS_PREFIX, self._objects.versions(keys.SEALS_PREFIX))
        for data in in_parallel(lambda version: read_version(self._objects, version, self._cache), versions):
            chain.add(data, trusted)
        return chain

    def catch_up(self, chain: SealChain, trusted: Collection[VerifierKey]) -> None:
        """Add to a chain what was sealed since it was read, with one request more than there are new seals.

        Raises:
            ChainBrokenError: a seal that is not what was written.
        """
        while (data := self._read(chain.count)) is not None:
            chain.add(data, trusted)

    def append(self, seal: Seal) -> None:
        """Store the next seal, exactly once.

        Raises:
            AlreadyWrittenError: another sealer was first; nothing was changed.
        """
        write_place(self._objects, keys.seal(seal.n), seal.to_bytes(), f"seal {seal.n}")

    def newest(self, *, by: dt.datetime) -> Seal | None:
        """Return the newest seal that was made by an instant, found with a few reads; the chain is not checked.

        Raises:
            ChainBrokenError: an object in a seal's place is not a seal.
        """
        beyond = next(2**power for power in count() if self._read(2**power - 1) is None) - 1
        seals = bisect_left(range(beyond), 1, lo=beyond // 2, key=lambda n: self._read(n) is None)
        for n in reversed(range(seals)):
            seal = self.at(n)
            if seal.at <= by:
                return seal
        return None

    def at(self, n: int) -> Seal:
        """Read one seal, without checking it.

        Raises:
            NotFoundError: there is no such seal.
            ChainBrokenError: the object in its place is not a seal.
        """
        try:
            return Seal.from_bytes(self._objects.read(keys.seal(n)))
        except ValidationError:
            raise ChainBrokenError(
                f"seal {n}: expected a seal of format 2, found other bytes; tell management, keep the bucket as it is"
            ) from None

    def _read(self, n: int) -> bytes | None:
        try:
            return self._objects.read(keys.seal(n))
        except NotFoundError:
            return None
