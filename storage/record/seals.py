"""The seals in S3: one object a seal, each created once; the PUT that creates it is the commit.

What a crash leaves: before the PUT nothing; after it a seal, whose note the next run delivers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from domain.sealing.seal_chain import SealChain
from schemas.errors import AlreadyWrittenError, ChainBrokenError, NotFoundError
from schemas.sealing.seal import Seal
from storage import keys
from storage.record.sequence import in_places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from domain.sealing.note import VerifierKey
    from storage.s3.objects import Objects

_READERS: Final = 16


class SealStore:
    """All seals in one bucket."""

    def __init__(self, objects: Objects) -> None:
        """Work on the ledger bucket."""
        self._objects = objects

    def read(self, trusted: Collection[VerifierKey]) -> SealChain:
        """Read and check every seal.

        Args:
            trusted: keys of which one must have signed each note.

        Raises:
            ChainBrokenError: a gap, a second version, a delete marker, or a seal that is not what was written.
        """
        chain = SealChain()
        versions = in_places("seal", keys.SEALS_PREFIX, self._objects.versions(keys.SEALS_PREFIX))
        with ThreadPoolExecutor(_READERS) as readers:
            for data in readers.map(lambda version: self._objects.read(version.key), versions):
                chain.add(data, trusted)
        return chain

    def catch_up(self, chain: SealChain, trusted: Collection[VerifierKey]) -> None:
        """Take into a chain what was sealed since it was read, by one request more than there are new seals.

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
        data, key = seal.to_bytes(), keys.seal(seal.n)
        if self._objects.create(key, data, "application/json") or self._objects.read(key) == data:
            return
        message = f"seal {seal.n}: expected to write it, found it written by another sealer; read again"
        raise AlreadyWrittenError(message)

    def newest(self, *, by: dt.datetime) -> Seal | None:
        """Find the newest seal that was made by an instant, by a few reads; the chain of seals is not checked.

        Raises:
            ChainBrokenError: what stands in a seal's place is none.
        """
        beyond = next(2**power for power in count() if self._read(2**power - 1) is None) - 1
        below = beyond // 2  # how many seals there are at least; `beyond` is the place of one that is not there
        while below < beyond:
            middle = (below + beyond) // 2
            if self._read(middle) is None:
                beyond = middle
            else:
                below = middle + 1
        for n in reversed(range(below)):
            seal = self.at(n)
            if seal.at <= by:
                return seal
        return None

    def at(self, n: int) -> Seal:
        """Read one seal, without checking it.

        Raises:
            NotFoundError: there are not so many.
            ChainBrokenError: what stands in its place is none.
        """
        try:
            return Seal.from_bytes(self._objects.read(keys.seal(n)))
        except ValidationError:
            message = (
                f"seal {n}: expected a seal of format 1, found bytes that are none; tell management and keep the "
                "bucket as it is"
            )
            raise ChainBrokenError(message) from None

    def sealed_object(self, key: str) -> bytes:
        """Read what a leaf names, as it is stored now.

        Raises:
            NotFoundError: it is not there any more.
        """
        return self._objects.read(key)

    def _read(self, n: int) -> bytes | None:
        try:
            return self._objects.read(keys.seal(n))
        except NotFoundError:
            return None
