"""Requests of the S3 server that are made side by side, by one bounded set of threads in each process.

Whatever reads or writes many objects uses these threads, so that one process never makes more requests at once than its
settings say, however its work is nested.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from storage.settings import read_connections

T = TypeVar("T")
R = TypeVar("R")
_this_thread: Final = threading.local()


def in_parallel(act: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Do something for each item, several at a time, and yield the results in the order of the items.

    What is nested in it is done one after another: a thread that waited for others of its kind could wait for ever. No
    more is queued at a time than keeps the threads busy, so that somebody else's few items need not wait for thousands.
    """
    if getattr(_this_thread, "is_busy", False):
        yield from map(act, items)
        return
    threads, most_queued = _threads()
    queued: deque[Future[R]] = deque()
    try:
        for item in items:
            queued.append(threads.submit(act, item))
            if len(queued) >= most_queued:
                yield queued.popleft().result()
        while queued:
            yield queued.popleft().result()
    finally:
        for future in queued:
            future.cancel()


@cache
def _threads() -> tuple[ThreadPoolExecutor, int]:
    """Return the threads of this process, and how many items one caller may queue."""
    count = read_connections().s3_connections
    return ThreadPoolExecutor(count, thread_name_prefix="s3", initializer=_mark_this_thread), 2 * count


def _mark_this_thread() -> None:
    _this_thread.is_busy = True


# A forked process has none of the threads that its parent has, and would wait for them for ever.
os.register_at_fork(after_in_child=_threads.cache_clear)
