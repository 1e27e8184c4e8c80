"""The ledger in S3: one object an entry; the PUT that creates it is the commit point of everything.

What a crash leaves: before the PUT nothing; during it the entry or nothing, and the next try finds out which; after it
the entry, announced or not. `docs/ledger.md` has the whole table.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from domain.history import History
from schemas.errors import AlreadyWrittenError, ChainBrokenError
from storage import keys

if TYPE_CHECKING:
    from schemas.entry import Entry
    from storage.objects import Objects

_READERS = 8


class Ledger:
    """All inspections' ledgers in one bucket."""

    def __init__(self, objects: Objects) -> None:
        """Work on the ledger bucket."""
        self._objects = objects

    def inspections(self) -> tuple[str, ...]:
        """List the ids of all inspections that were ever opened, in order."""
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
        names = self._names(inspection_id)
        with ThreadPoolExecutor(_READERS) as readers:
            return History.from_bytes(inspection_id, list(readers.map(self._objects.read, names)))

    def append(self, history: History, entry: Entry) -> History:
        """Append the next entry to a history, durably, exactly once.

        Raises:
            AlreadyWrittenError: somebody else wrote this place first; nothing was changed.
        """
        data = entry.to_bytes()
        key = keys.ledger_entry(entry.inspection, entry.seq)
        following = history.followed_by(data)
        if self._objects.create(key, data, "application/json"):
            return following
        # Taken: by ourselves if the reply to an earlier try was lost, else by another writer.
        if self._objects.read(key) == data:
            return following
        message = f"{entry.inspection} entry {entry.seq}: wanted to write it, found it written by another; read again"
        raise AlreadyWrittenError(message)

    def _names(self, inspection_id: str) -> list[str]:
        folder = keys.ledger_folder(inspection_id)
        names: list[str] = []
        for place, version in enumerate(self._objects.versions(folder)):
            wanted = keys.ledger_entry(inspection_id, place)
            if version.is_delete_marker or version.key != wanted:
                found = "a delete marker" if version.is_delete_marker else version.key.removeprefix(folder)
                if names and version.key == names[-1]:
                    found = (
                        f"a second {'delete marker' if version.is_delete_marker else 'version'} of entry {place - 1}"
                    )
                message = (
                    f"{inspection_id} entry {place}: wanted {wanted.removeprefix(folder)}, once, found {found}; "
                    "the ledger is not what was written: tell management and keep the bucket as it is"
                )
                raise ChainBrokenError(message)
            names.append(version.key)
        return names
