"""What the desk works with: the stores, the announcer and the clock, opened when a command runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from evidence.child import examine_in_child
from schemas.errors import AlreadyWrittenError
from storage.clock import utc_now
from storage.prefect_server import PrefectServer
from storage.settings import read_settings
from storage.stores import open_for_audit, open_stores

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.history import History, Recorded
    from evidence.examination import Examination, Request
    from schemas.entry import Entry
    from storage.prefect_server import Announcer
    from storage.stores import Stores

R = TypeVar("R")
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Office:
    """The ports of the desk."""

    stores: Stores
    announcer: Announcer
    examine: Callable[[Request], Examination]
    clock: Callable[[], dt.datetime]

    def record(self, history: History, entry: Entry) -> Recorded:
        """Append an act and announce it; a lost event is found by the sweep."""
        recorded = self.stores.ledger.append(history, entry).recorded[-1]
        self.announcer.announce(recorded)
        return recorded


def when_overtaken_again(act: Callable[[], R]) -> R:
    """Do an act again when another writer was first: the rules are then read against what that one wrote."""
    for _ in range(_TRIES - 1):
        try:
            return act()
        except AlreadyWrittenError:
            continue
    return act()


def open_office() -> Office:
    """Open the desk over the servers of the settings."""
    settings = read_settings()
    return Office(open_stores(settings), PrefectServer(settings), examine_in_child, utc_now)


def open_reading_room() -> Stores:
    """Open the stores for looking only."""
    return open_for_audit(read_settings())
