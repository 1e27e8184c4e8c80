from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from schemas.errors import AlreadyWrittenError, ChainBrokenError
from schemas.forces import FORCES
from schemas.moves import Kind
from storage.ledger import Ledger
from tests.unit.test_history import AT, SOMEBODY

if TYPE_CHECKING:
    from domain.history import History
    from storage.objects import Objects

_ids = itertools.product(range(2014, 2099), FORCES)


@pytest.fixture
def inspection() -> str:
    year, force = next(_ids)
    return f"{force}-{year}"


def entry(history: History, kind: Kind, **facts: int):
    return history.next_entry(kind, id=f"{kind.value}/{len(history.recorded)}", at=AT, actor=SOMEBODY, facts=facts)


def opened(ledger: Ledger, inspection: str) -> History:
    history = ledger.history(inspection)
    return ledger.append(history, entry(history, Kind.OPENED))


def test_what_was_appended_is_read(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    history = ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED))
    assert ledger.history(inspection) == history
    assert inspection in ledger.inspections()


def test_a_lost_reply_is_found_out_by_the_next_try(objects: Objects, inspection: str) -> None:
    class LosesTheFirstReply:
        lost = False

        def __getattr__(self, name: str):
            return getattr(objects, name)

        def create(self, key: str, data: bytes, media_type: str) -> bool:
            done = objects.create(key, data, media_type)
            if not self.lost:
                self.lost = True
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
            return done

    ledger = Ledger(LosesTheFirstReply())
    history = ledger.history(inspection)
    first = entry(history, Kind.OPENED)
    with pytest.raises(EndpointConnectionError):
        ledger.append(history, first)
    assert ledger.append(history, first) == ledger.history(inspection)


def test_the_place_of_another_entry_is_not_taken(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    after = ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=1))
    with pytest.raises(AlreadyWrittenError, match=f"{inspection} entry 1"):
        ledger.append(history, entry(history, Kind.FIELDWORK_SUBMITTED, n=2))
    assert ledger.history(inspection) == after


def test_a_gap_is_refused(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    history = opened(ledger, inspection)
    after = history.followed_by(entry(history, Kind.FIELDWORK_SUBMITTED).to_bytes())
    objects.create(f"ledger/{inspection}/00000002.json", entry(after, Kind.FIELDWORK_RECORDED).to_bytes(), "x/y")
    with pytest.raises(ChainBrokenError, match=r"entry 1: wanted 00000001\.json"):
        ledger.history(inspection)


def test_a_second_version_is_refused_even_with_the_same_bytes(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    opened(ledger, inspection)
    key = f"ledger/{inspection}/00000000.json"
    objects.replace(key, objects.read(key), "application/json")
    with pytest.raises(ChainBrokenError, match="a second version of entry 0"):
        ledger.history(inspection)


def test_a_stray_object_in_the_folder_is_refused(objects: Objects, inspection: str) -> None:
    ledger = Ledger(objects)
    opened(ledger, inspection)
    objects.create(f"ledger/{inspection}/notes.txt", b"x", "text/plain")
    with pytest.raises(ChainBrokenError, match="found notes"):
        ledger.history(inspection)
