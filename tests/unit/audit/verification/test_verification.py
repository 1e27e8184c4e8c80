from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.returns import write_fieldwork
from tests.support.verifying import verify_inspection, verify_public
from tests.support.world import INSPECTION, World

STRAY = "essex-2015/review/report.html"
PUBLISHED = f"{INSPECTION}/initial-report/report.html"
RECORD = f"publications/{INSPECTION}/initial-report.json"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    world.deliver()
    return world


def messages(world: World) -> list[str]:
    faults = (*verify_inspection(world.stores, INSPECTION).faults, *verify_public(world.stores, (INSPECTION,)))
    assert {fault.layer for fault in faults} <= {"public"}
    return [fault.message for fault in faults]


def test_what_is_public_and_not_recorded_is_said_to_be_public(world: World) -> None:
    world.public_objects.create(STRAY, b"foreign", "text/html")
    assert messages(world) == [f"{STRAY} is public, but no entry records its publication"]


def test_what_was_removed_with_a_marker_is_not_said_to_be_public(world: World) -> None:
    world.public_objects.create(STRAY, b"foreign", "text/html")
    world.public_objects.remove(STRAY)
    (message,) = messages(world)
    assert message.startswith(f"{STRAY} was removed with a delete marker, so it is not public")
    assert "no entry records its publication" in message
    assert "remove every version (docs/operations.md)" in message


def test_what_was_put_back_over_a_marker_is_public_again(world: World) -> None:
    world.public_objects.create(STRAY, b"foreign", "text/html")
    world.public_objects.remove(STRAY)
    world.public_objects.create(STRAY, b"foreign", "text/html")
    assert messages(world) == [f"{STRAY} is public, but no entry records its publication"]


@pytest.mark.parametrize("key", [PUBLISHED, RECORD])
def test_a_published_file_that_was_removed_with_a_marker_is_named_so(world: World, key: str) -> None:
    world.public_objects.remove(key)
    assert messages(world) == [f"{key} was published, but was removed with a delete marker; put it back"]


@pytest.mark.parametrize("key", [PUBLISHED, RECORD])
def test_a_published_file_of_which_nothing_is_left_is_named_so(world: World, key: str) -> None:
    del world.public_objects.stored[key]
    assert messages(world) == [f"{key} was published, but is not there"]


def test_a_marker_under_a_published_file_that_was_put_back_is_no_fault(world: World) -> None:
    data = world.public_objects.read(PUBLISHED)
    world.public_objects.remove(PUBLISHED)
    world.public_objects.create(PUBLISHED, data, "text/html; charset=utf-8")
    assert messages(world) == []
