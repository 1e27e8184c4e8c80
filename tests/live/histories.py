"""What clients of the system were told, each time with the instants before and after, to be held against the ledger."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from desk.acts.submission import Submitted
from domain.lifecycle.history import History, Recorded
from storage.s3.objects import S3_UNAVAILABLE

Outcome = Literal["ok", "failed", "unknown"]
LOOK: Final = "a look"


@dataclass(frozen=True, slots=True)
class Told:
    """What one client was told of one inspection: its own act, or a look at the ledger."""

    inspection: str
    what: str
    before: float
    after: float
    outcome: Outcome
    places: int = 0
    """How many entries there are at least, when the outcome is ok."""
    head: str = ""
    """Digest of the last of them."""


class Client:
    """Acts and looks, and writes down what it was told. Its methods may be called by many threads."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._lock = threading.Lock()

    def act(self, inspection: str, what: str, act: Callable[[], object]) -> bool:
        """Try to act once; tell whether it is known to be done. What the rules refuse is raised."""
        before = time.monotonic()
        outcome: Outcome = "failed"
        recorded: Recorded | None = None
        try:
            done = act()
            recorded = done.recorded if isinstance(done, Submitted) else done
            outcome = "ok"
        except S3_UNAVAILABLE:
            outcome = "unknown"
        finally:
            places, head = (recorded.entry.seq + 1, recorded.digest) if recorded else (0, "")
            self._note(Told(inspection, what, before, time.monotonic(), outcome, places, head))
        return outcome == "ok"

    def look(self, inspection: str, read: Callable[[], History]) -> History | None:
        """Read a ledger; None when S3 did not answer."""
        before = time.monotonic()
        try:
            history = read()
        except S3_UNAVAILABLE:
            return None
        self._note(Told(inspection, LOOK, before, time.monotonic(), "ok", len(history.recorded), history.head))
        return history

    def counts(self) -> Counter[str]:
        """Count what was written down."""
        with self._lock:
            return Counter(f"{'looks' if one.what == LOOK else 'acts'} {one.outcome}" for one in self.told)

    def _note(self, told: Told) -> None:
        with self._lock:
            self.told.append(told)


def contradictions(told: Iterable[Told], ledgers: dict[str, History]) -> list[str]:
    """Say where the ledgers are not what clients were told.

    Whatever was told must stand at its place with its digest; and who began to look after somebody was told of an
    entry must have seen it, whoever they were and whichever way they asked.
    """
    known = [one for one in told if one.outcome == "ok" and one.places]
    found = [
        f"{one.inspection}: {one.what} was told of entry {one.places - 1}, which is not there or another"
        for one in known
        if [recorded.digest for recorded in ledgers[one.inspection].recorded][one.places - 1 : one.places] != [one.head]
    ]
    by_inspection: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        if one.outcome == "ok":
            by_inspection[one.inspection].append(one)
    for inspection, all_told in by_inspection.items():
        found += [
            f"{inspection}: a look that began after {later.before:.3f} saw {later.places} entries, {most} were told of"
            for later, most in _with_what_was_known(all_told)
            if later.what == LOOK and later.places < most
        ]
    return found


def _with_what_was_known(told: list[Told]) -> Iterator[tuple[Told, int]]:
    """Return each with the most entries that anybody was told of before it began."""
    ended = sorted(told, key=lambda one: one.after)
    most = place = 0
    for one in sorted(told, key=lambda one: one.before):
        while place < len(ended) and ended[place].after < one.before:
            most = max(most, ended[place].places)
            place += 1
        yield one, most
