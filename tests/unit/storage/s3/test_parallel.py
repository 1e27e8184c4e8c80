from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from schemas.errors import NcpiError
from storage.s3 import parallel
from storage.s3.client import kept_connections
from storage.s3.parallel import in_parallel
from storage.s3.versions import Page, StoredVersion, list_versions
from storage.settings import MAX_URGENT_RUNS, Settings

THREADS = 4


@pytest.fixture(autouse=True)
def few_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NCPI_S3_CONNECTIONS", str(THREADS))
    parallel._threads.cache_clear()
    yield
    parallel._threads()[0].shutdown()
    parallel._threads.cache_clear()


class Counter:
    """Counts how many are at work at the same time; each waits until as many as may be are there, within a bound."""

    def __init__(self, expected: int = THREADS) -> None:
        self.most = self._now = 0
        self._expected = expected
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._expected, timeout=5)

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._now -= 1


class DeepBucket:
    """A bucket of four levels of folders, in which no listing fits one page before the last level."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def version_pages(self, prefix: str, delimiter: str) -> Iterator[Page]:
        depth = prefix.count("/")
        with self.counter:
            if depth == 4:
                yield Page(is_last=True, versions=[StoredVersion(f"{prefix}one", "e", False)])
            elif not delimiter:
                yield Page(is_last=False)
            else:
                yield Page(is_last=True, folders=[f"{prefix}{letter}/" for letter in "abc"])


def test_a_listing_nested_four_deep_makes_no_more_requests_at_once_than_the_settings_say() -> None:
    counter = Counter()
    versions = list_versions(DeepBucket(counter), "")
    assert len(versions) == 3**4
    assert [one.key for one in versions] == sorted(one.key for one in versions)
    assert counter.most == THREADS


def test_what_is_nested_in_it_neither_waits_for_ever_nor_takes_more_threads() -> None:
    counter = Counter()

    def add(number: int) -> int:
        with counter:
            return number + 1

    def nested(number: int) -> int:
        return sum(in_parallel(lambda one: sum(in_parallel(add, range(one))), range(number)))

    assert list(in_parallel(nested, range(6))) == [sum(sum(range(1, j + 1)) for j in range(i)) for i in range(6)]
    assert counter.most <= THREADS


def test_results_come_in_the_order_of_the_items_and_the_first_error_ends_it() -> None:
    def act(number: int) -> int:
        if number == 7:
            message = "seven"
            raise NcpiError(message)
        return number

    found: list[int] = []
    with pytest.raises(NcpiError, match="seven"):
        found.extend(in_parallel(act, range(1000)))
    results = in_parallel(act, range(1000))
    assert [next(results) for _ in range(7)] == list(range(7))


def test_thousands_of_items_leave_room_for_a_few_of_somebody_else() -> None:
    asked: list[int] = []
    many = in_parallel(asked.append, range(10_000))
    next(many)
    assert list(in_parallel(lambda one: one, range(3))) == [0, 1, 2]
    assert len(asked) <= 2 * THREADS
    many.close()


def test_a_forked_process_has_threads_of_its_own() -> None:
    all_at_once = threading.Barrier(THREADS)
    list(in_parallel(lambda _: all_at_once.wait(), range(THREADS)))
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # ends it where it waits for ever
        os._exit(list(in_parallel(str, range(3))) != ["0", "1", "2"])
    assert os.waitpid(child, 0)[1] == 0


def test_as_many_connections_are_kept_as_a_process_can_use() -> None:
    settings = Settings(s3_endpoint="http://127.0.0.1:1", stage_runs=5, s3_connections=7)
    assert kept_connections(settings) == 5 + 7 + MAX_URGENT_RUNS
