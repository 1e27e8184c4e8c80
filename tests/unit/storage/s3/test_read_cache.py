from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import ChainBrokenError
from schemas.lifecycle.moves import State
from schemas.lifecycle.stages import FIELDWORK
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.s3.read_cache import ReadCache
from storage.s3.versions import StoredVersion
from tests.support.memory import MemoryObjects
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, World


class Counting(MemoryObjects):
    """Counts what is read."""

    def __init__(self, stored: dict[str, list[bytes]]) -> None:
        super().__init__()
        self.stored = stored
        self.reads: list[str] = []

    def read(self, key: str) -> bytes:
        self.reads.append(key)
        return super().read(key)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.run(FIELDWORK.name)
    return world


def test_each_entry_is_read_once_however_often_its_ledger_is(world: World) -> None:
    objects = Counting(world.ledger_objects.stored)
    cache = ReadCache()
    histories = [Ledger(objects, cache).history(INSPECTION) for _ in range(3)]
    assert len(set(map(id, histories))) == 3
    assert histories[0] == histories[1] == histories[2] == world.history()
    assert len(objects.reads) == len(histories[0].recorded)


def test_without_a_cache_everything_is_read_each_time(world: World) -> None:
    objects = Counting(world.ledger_objects.stored)
    ledger = Ledger(objects)
    ledger.history(INSPECTION)
    ledger.history(INSPECTION)
    assert len(objects.reads) == 2 * len(world.history().recorded)


def test_a_process_does_not_read_what_it_has_written(world: World) -> None:
    objects = Counting({})
    ledger = Ledger(objects, ReadCache())
    history = ledger.history(INSPECTION)
    for one in world.history().recorded:
        history = ledger.append(history, one.entry)
    assert ledger.history(INSPECTION) == world.history()
    assert objects.reads == []


def test_other_bytes_at_a_key_are_read_and_refused(world: World) -> None:
    cache = ReadCache()
    Ledger(world.ledger_objects, cache).history(INSPECTION)
    key = f"ledger/{INSPECTION}/00000001.json"
    altered = world.ledger_objects.stored[key][0].replace(b"rhian", b"rhiam")
    world.ledger_objects.stored[key] = [altered]
    with pytest.raises(ChainBrokenError):
        Ledger(world.ledger_objects, cache).history(INSPECTION)


def test_large_objects_are_not_kept() -> None:
    objects = Counting({"a": [b"x" * 64_001], "b": [b"x" * 64_000]})
    cache = ReadCache()
    for _ in range(2):
        for key in "ab":
            cache.read(objects, StoredVersion(key, "etag", is_delete_marker=False))
    assert objects.reads == ["a", "b", "a"]


def test_every_ledger_by_one_listing_with_what_is_wrong_in_place_of_a_history(world: World) -> None:
    world.open("kent-2025")
    world.open("kent-2025-2")
    world.ledger_objects.stored["ledger/kent-2025/00000000.json"].append(b"{}")
    world.ledger_objects.stored["ledger/../etc/passwd"] = [b""]
    listings: list[str] = []
    listed = world.ledger_objects.versions

    def versions(prefix: str):
        listings.append(prefix)
        return listed(prefix)

    world.ledger_objects.versions = versions  # type: ignore[method-assign]
    found = dict(Ledger(world.ledger_objects).histories())
    assert listings == ["ledger/"]
    assert list(found) == ["kent-2025", "kent-2025-2", INSPECTION]
    assert isinstance(found["kent-2025"], ChainBrokenError)
    assert found[INSPECTION] == world.history()


def test_a_ledger_that_waits_for_a_person_is_recognised_by_its_newest_entry(world: World) -> None:
    for inspection in ("kent-2025", "essex-2025", "surrey-2025"):
        world.open(inspection)
    world.ledger_objects.stored["ledger/essex-2025/00000000.json"] = [b"no entry"]
    world.ledger_objects.stored["ledger/surrey-2025/00000002.json"] = [b"after a gap"]
    objects = Counting(world.ledger_objects.stored)
    found = dict(Ledger(objects, ReadCache()).histories_in({State.FIELDWORK_RECORDED}))
    assert found["kent-2025"] is None
    assert objects.reads.count("ledger/kent-2025/00000000.json") == 1
    assert found[INSPECTION] == world.history()
    assert isinstance(found["essex-2025"], ChainBrokenError)
    assert isinstance(found["surrey-2025"], ChainBrokenError)
    assert dict(Ledger(objects).histories_in(()))[INSPECTION] is None


def test_a_public_record_that_was_removed_is_skipped(world: World) -> None:
    public = Public(world.public_objects, ReadCache())
    assert public.publications() == ()
    world.public_objects.stored[f"publications/{INSPECTION}/review.json"] = [b"no record"]
    assert public.publications() == ()
