"""The ledger in S3: one object an entry; the PUT that creates it is the commit point of everything.

What a crash leaves: before the PUT nothing; during it the entry or nothing, and the next try finds out which; after it
the entry, announced or not. `docs/ledger.md` has the whole table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from pydantic import ValidationError

from domain.lifecycle.history import History
from domain.people.register import Register
from domain.sealing.note import verifier_keys_of
from domain.sealing.seal_chain import SealChain
from schemas.errors import NcpiError, NotFoundError
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import STATE_AFTER, State
from storage import keys
from storage.record.seals import SealStore
from storage.record.sequence import in_places, write_place
from storage.s3.objects import Objects
from storage.s3.parallel import in_parallel
from storage.s3.read_cache import ReadCache, read_version
from storage.s3.versions import StoredVersion


class Ledger:
    """All inspections' ledgers in one bucket."""

    def __init__(self, objects: Objects, cache: ReadCache | None = None) -> None:
        """Work on the ledger bucket; without a cache everything is read from the server each time."""
        self._objects = objects
        self._cache = cache

    @property
    def seals(self) -> SealStore:
        """The seals over all ledgers, which are in the same bucket."""
        return SealStore(self._objects, self._cache)

    def sealed(self, register: Register) -> SealChain:
        """Read and verify every seal, with the keys of the register.

        Raises:
            ChainBrokenError: the seals are not what was written.
        """
        return self.seals.read(tuple(verifier_keys_of(register.seal_keys)))

    def inspections(self) -> tuple[str, ...]:
        """Return the ids of all inspections that were ever opened, in order."""
        found = {
            parsed[0]
            for one in self._objects.versions(keys.LEDGER_PREFIX)
            if (parsed := keys.parse_ledger_entry(one.key))
        }
        return tuple(sorted(found))

    def history(self, inspection_id: str) -> History:
        """Read and verify one ledger; empty when the inspection was never opened.

        Raises:
            ChainBrokenError: a gap, a second version, a delete marker, or an entry that is not what was written.
        """
        versions = _in_places(inspection_id, self._objects.versions(keys.ledger_folder(inspection_id)))
        return History.from_bytes(inspection_id, list(in_parallel(self._read, versions)))

    def opened(self, inspection_id: str) -> History:
        """Read and verify the ledger of an inspection that was opened.

        Raises:
            NotFoundError: it was never opened.
            ChainBrokenError: as `history` raises it.
        """
        history = self.history(inspection_id)
        if not history.recorded:
            raise NotFoundError(
                f"{inspection_id}: no such inspection; `ncpi status` lists them all, `ncpi open` opens one"
            )
        return history

    def histories(self) -> Iterator[tuple[str, History | NcpiError]]:
        """Read and verify every ledger with one listing; return its history, or what is wrong with it."""
        yield from in_parallel(lambda one: (one[0], self._history_or_error(*one)), self._listed())

    def histories_in(self, states: Collection[State]) -> Iterator[tuple[str, History | NcpiError | None]]:
        """Read and verify the ledgers whose newest entry puts them in one of these states; None for the others.

        Of the others only the places and the newest entry are read, which is enough to leave an inspection alone.
        """

        def read(inspection_id: str, versions: tuple[StoredVersion, ...]) -> History | NcpiError | None:
            try:
                newest = Entry.from_bytes(self._read(_in_places(inspection_id, versions)[-1]))
            except NcpiError as error:
                return error
            except ValidationError:
                return self._history_or_error(inspection_id, versions)  # which says what is wrong
            is_of_its_place = (newest.inspection, newest.seq) == (inspection_id, len(versions) - 1)
            state = STATE_AFTER.get(newest.kind)  # none after a side entry or a resumption: only the whole ledger says
            if is_of_its_place and state is not None and state not in states:
                return None
            return self._history_or_error(inspection_id, versions)

        yield from in_parallel(lambda one: (one[0], read(*one)), self._listed())

    def append(self, history: History, entry: Entry) -> History:
        """Append the next entry to a history, durably, exactly once.

        Raises:
            AlreadyWrittenError: another writer was first; nothing was changed.
        """
        data = entry.to_bytes()
        key = keys.ledger_entry(entry.inspection, entry.seq)
        following = history.followed_by(data)
        write_place(self._objects, key, data, f"{entry.inspection} entry {entry.seq}")
        if self._cache is not None:
            self._cache.keep(key, data)
        return following

    def _listed(self) -> list[tuple[str, tuple[StoredVersion, ...]]]:
        listed = groupby(self._objects.versions(keys.LEDGER_PREFIX), lambda one: keys.inspection_of_ledger(one.key))
        return sorted((inspection_id, tuple(versions)) for inspection_id, versions in listed if inspection_id)

    def _history_or_error(self, inspection_id: str, versions: Iterable[StoredVersion]) -> History | NcpiError:
        try:
            return History.from_bytes(
                inspection_id, [self._read(version) for version in _in_places(inspection_id, versions)]
            )
        except NcpiError as error:
            return error

    def _read(self, version: StoredVersion) -> bytes:
        return read_version(self._objects, version, self._cache)


def _in_places(inspection_id: str, versions: Iterable[StoredVersion]) -> list[StoredVersion]:
    return in_places(f"{inspection_id} entry", keys.ledger_folder(inspection_id), versions)
