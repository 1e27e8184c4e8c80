"""What the desk works with: the stores, the announcer and the clock, opened when a command runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Protocol

from domain.lifecycle.history import History, Recorded
from domain.people.belief import check_believed
from schemas.errors import RefusedError
from schemas.lifecycle.acts import OPEN_ACCURACY
from schemas.lifecycle.entry import Entry
from storage.clock import utc_now
from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.register import RegisterStore
from storage.record.stores import Stores, open_for_audit
from storage.s3.objects import open_bucket
from storage.s3.read_cache import ReadCache
from storage.settings import Bucket, Duty, Settings, read_settings

if TYPE_CHECKING:
    from evidence.examination import Examination, Request
    from storage.prefect.api import Announcer


class DeskStores(Protocol):
    """The stores that acts work on; no act writes to the public bucket."""

    @property
    def ledger(self) -> Ledger:
        """All inspections' ledgers."""

    @property
    def artefacts(self) -> Artefacts:
        """What the entries are about."""

    @property
    def accuracy_copies(self) -> AccuracyCopies:
        """What forces may read of drafts."""

    @property
    def register(self) -> RegisterStore:
        """The register of people."""
        ...


class _StoresOnFirstUse:
    """The stores of the desk, each opened when an act first uses it, so that nobody needs a key they do not use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(open_bucket(Bucket.LEDGER, Duty.LEDGER, self._settings))

    @cached_property
    def artefacts(self) -> Artefacts:
        return Artefacts(open_bucket(Bucket.PRIVATE, Duty.INTAKE, self._settings))

    @cached_property
    def accuracy_copies(self) -> AccuracyCopies:
        return AccuracyCopies(open_bucket(Bucket.PRIVATE, Duty.INTAKE, self._settings))

    @cached_property
    def register(self) -> RegisterStore:
        return RegisterStore(open_bucket(Bucket.LEDGER, Duty.LEDGER, self._settings))


@dataclass(frozen=True, slots=True)
class DeskContext:
    """The ports of the desk, and what the person who acts has seen."""

    stores: DeskStores
    announcer: Announcer
    examine: Callable[[Request], Examination]
    clock: Callable[[], dt.datetime]
    expected_head: str | None = None
    """Beginning of the head of the ledger that the person saw; None when they were shown none."""

    def history(self, inspection_id: str) -> History:
        """Read the history that an act follows.

        Raises:
            NotFoundError: the inspection was never opened.
        """
        return self.stores.ledger.opened(inspection_id)

    def check_believed(self, history: History, recorded: Recorded) -> None:
        """Refuse to rest an act on an entry that is not believed.

        Raises:
            LedgerError: it is not.
            RefusedError: only the next seal shows whether it is.
        """
        register = self.stores.register.read()
        try:
            check_believed(register, history, (recorded,), cache(lambda: self.stores.ledger.sealed(register)))
        except TimeoutError as error:
            raise RefusedError(str(error)) from None

    def record(self, history: History, entry: Entry) -> Recorded:
        """Append an act, announce it, end the links of a check that it ends; the sweep does what is lost of this."""
        following = self.stores.ledger.append(history, entry)
        recorded = following.recorded[-1]
        self.announcer.announce(recorded)
        self.end_links(following)
        return recorded

    def end_links(self, history: History) -> None:
        """End the links by which the force reads a draft, unless they are for a check that is under way."""
        if any(one.entry.kind is OPEN_ACCURACY.records for one in history.recorded):
            self.stores.accuracy_copies.remove_ended(history, self.clock())


def open_desk() -> DeskContext:
    """Open the desk over the servers of the settings; a missing key is an error only when an act needs it."""
    from evidence.checker_client import examine_in_child  # noqa: PLC0415 - slow to load, and who only looks needs neither
    from storage.prefect.api import PrefectServer  # noqa: PLC0415

    settings = read_settings()
    return DeskContext(_StoresOnFirstUse(settings), PrefectServer(settings), examine_in_child, utc_now)


def open_read_only(cache: ReadCache | None = None) -> Stores:
    """Open the stores read-only; without a cache everything is read from the server."""
    return open_for_audit(read_settings(), cache)
