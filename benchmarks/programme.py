"""Many open inspections at once: the ledger of one, written again for others under their own ids, links and all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from domain.lifecycle.history import History
from schemas.programme.forces import FORCES
from storage import keys
from storage.s3.objects import Objects
from tests.support.people import SERVICE, signer

_WRITERS: Final = 16
_YEARS: Final = range(2000, 2100)
_NUMBERS: Final = ("", *(f"-{number}" for number in range(2, 10)))


def inspection_ids(count: int) -> tuple[str, ...]:
    """Name so many inspections: every force in turn, a year each; then the second of each year, and so on.

    Raises:
        ValueError: there are not so many names.
    """
    names = (f"{force}-{year}{number}" for number in _NUMBERS for year in _YEARS for force in FORCES)
    found = tuple(itertools.islice(names, count))
    if len(found) < count:
        message = f"inspections: expected {count}, found only {len(found)} names"
        raise ValueError(message)
    return found


def write_ledgers(objects: Objects, template: History, inspections: Iterable[str]) -> int:
    """Write the entries of a ledger for each of the inspections; give how many entries there are."""

    def write(inspection: str) -> int:
        history = History(inspection)
        for one in template.recorded:
            entry = history.next_entry(
                one.entry.kind,
                id=one.entry.id,
                at=one.entry.at,
                signer=SERVICE
                if one.entry.actor.person == SERVICE.actor.person
                else signer(one.entry.actor.person, one.entry.actor.role),
                document=one.entry.document,
                facts=one.entry.facts,
            )
            history = history.followed_by(entry.to_bytes())
            objects.create(keys.ledger_entry(inspection, entry.seq), entry.to_bytes(), "application/json")
        return len(history.recorded)

    with ThreadPoolExecutor(_WRITERS) as writers:
        return sum(writers.map(write, inspections))
