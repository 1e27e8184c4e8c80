"""What makes ten thousand lives affordable: each different rendering made once, and no threads.

The product's code is the same; what is replaced is what it calls: pure functions by their remembered answers (the
renderings, the reading and writing of an entry's bytes), and the pools of threads, which a scheduler that decides every
step could not see into, by one thing after another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from cachetools import LRUCache

import storage.ledger
import tasks.steps
from schemas.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pytest

_RENDERERS = ("render_initial_report", "render_review", "render_calendar", "render_index")
_remembered: dict[tuple[str, str], Any] = {}
_decoded: LRUCache[bytes, Entry] = LRUCache(1000)
_encoded: LRUCache[int, tuple[Entry, bytes]] = LRUCache(1000)


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Replace the renderers, the codec of entries and the pools for as long as the patch lasts."""
    decode, encode = Entry.from_bytes, Entry.to_bytes

    def decoded(data: bytes) -> Entry:
        if data not in _decoded:
            _decoded[data] = decode(data)
        return _decoded[data]

    def encoded(entry: Entry) -> bytes:
        # By identity, with the entry kept, so that no other gets its place: an entry is frozen, but cannot be hashed.
        if id(entry) not in _encoded:
            _encoded[id(entry)] = (entry, encode(entry))
        return _encoded[id(entry)][1]

    patch.setattr(Entry, "from_bytes", decoded)
    patch.setattr(Entry, "to_bytes", encoded)
    for name in _RENDERERS:
        patch.setattr(tasks.steps, name, _remembering(name, getattr(tasks.steps, name)))
    for module in (tasks.steps, storage.ledger):
        patch.setattr(module, "ThreadPoolExecutor", OneAfterAnother)


class OneAfterAnother:
    """Stands for a pool of threads."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, act: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return iter([act(item) for item in items])


def _remembering(name: str, render: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def remembered(document: Any) -> Any:
        parts = document if isinstance(document, tuple) else (document,)
        key = (name, "".join(part.model_dump_json() for part in parts))
        if key not in _remembered:
            _remembered[key] = render(document)
        return _remembered[key]

    return remembered
