"""What the desk works with: the stores, the announcer and the clock, opened when a command runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from domain.lifecycle.history import History, Recorded
from schemas.lifecycle.entry import Entry
from storage.clock import utc_now
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

    def record(self, history: History, entry: Entry) -> Recorded:
        """Append an act and announce it; a lost event is found by the sweep."""
        recorded = self.stores.ledger.append(history, entry).recorded[-1]
        self.announcer.announce(recorded)
        return recorded


def open_desk() -> DeskContext:
    """Open the desk over the servers of the settings; a missing key is an error only when an act needs it."""
    from evidence.checker_client import examine_in_child  # noqa: PLC0415 - slow to load, and who only looks needs neither
    from storage.prefect.api import PrefectServer  # noqa: PLC0415

    settings = read_settings()
    return DeskContext(_StoresOnFirstUse(settings), PrefectServer(settings), examine_in_child, utc_now)


def open_read_only(cache: ReadCache | None = None) -> Stores:
    """Open the stores read-only; without a cache everything is read from the server."""
    return open_for_audit(read_settings(), cache)
