"""Copies of drafts, which forces open by links: a link ends when its copy is removed, and no copy is ever put back."""

from __future__ import annotations

import datetime as dt
from typing import Final

from domain.lifecycle.accuracy import check_under_way
from domain.lifecycle.history import History
from schemas.errors import LedgerError
from storage import keys
from storage.record.ledger import Ledger
from storage.s3.objects import RemovableObjects

_MEDIA_TYPES: Final = {".html": "text/html", ".pdf": "application/pdf"}


class AccuracyCopies:
    """The copies of all inspections, in the private bucket; only while its check is under way may one stand."""

    def __init__(self, objects: RemovableObjects) -> None:
        self._objects = objects

    def store(self, inspection_id: str, check: str, name: str, data: bytes, token: str) -> str:
        """Store a copy for the check that the entry of a digest opened, and return its key.

        Args:
            token: never used before, so that a link that ended stays dead when others are made.
        """
        key = f"{keys.accuracy_copies_of(inspection_id, check)}{token}/{name}"
        self._objects.create(key, data, _MEDIA_TYPES[name[name.rindex(".") :]])
        return key

    def remove_ended(self, history: History, now: dt.datetime) -> int:
        """Remove the copies of an inspection that no check under way is for, and return how many there were."""
        check = check_under_way(history, now)
        kept = keys.accuracy_copies_of(history.inspection_id, check.digest) if check else None
        standing = self.standing(keys.accuracy_copies(history.inspection_id))
        ended = [key for key in standing if kept is None or not key.startswith(kept)]
        for key in ended:
            self._objects.remove(key)
        return len(ended)

    def remove_all_ended(self, ledger: Ledger, now: dt.datetime) -> int:
        """Remove the copies of all inspections that no check under way is for, and return how many there were."""
        listed = {keys.inspection_of_accuracy_copy(key) for key in self.standing(keys.ACCURACY_PREFIX)}
        return sum(self.remove_ended(_history(ledger, one), now) for one in sorted(filter(None, listed)))

    def standing(self, prefix: str) -> list[str]:
        """List the keys under a prefix whose copies were not removed."""
        versions = list(self._objects.versions(prefix))
        removed = {one.key for one in versions if one.is_delete_marker}
        return [one.key for one in versions if one.key not in removed]


def _history(ledger: Ledger, inspection_id: str) -> History:
    try:
        return ledger.history(inspection_id)
    except LedgerError:
        return History(inspection_id)  # nobody can say that the check goes on
