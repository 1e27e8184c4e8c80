"""What makes ten thousand lives affordable: what is pure is worked out once, and there are no threads.

The product's code is the same; what is replaced is what it calls: pure functions by their remembered answers (the
bytes of an entry, the place of an entry in its chain, whether a text is an inspection's id), canonical JSON by a writer
in C that gives the same bytes, the renderings that nothing reads again by the digest of what they would show under the
same names, and pools of threads, which a scheduler that decides every step could not see into, by one thing after
another.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import orjson
import rfc8785
from cachetools import LRUCache

import audit.verification.derived
import audit.verification.seals
import desk.acts.corrections
import domain.people.entry_rules
import domain.people.register_rules
import reports.index
import storage.keys
import storage.s3.parallel
import tasks.steps
from domain.lifecycle.history import History
from domain.people.register import Register
from reports.layout.rendering import Rendering
from schemas.identifiers import digest_of, is_inspection_id
from schemas.lifecycle.entry import Entry
from schemas.people.signature import Signature
from storage.record.artefacts import JSON

if TYPE_CHECKING:
    import pytest

_RENDERERS = ("render_document", "render_calendar")
_rendered: dict[str, Any] = {}
_decoded: LRUCache[bytes, Entry] = LRUCache(1000)
_encoded: LRUCache[int, tuple[Entry, bytes]] = LRUCache(1000)
_registers: LRUCache[tuple[bytes, ...], Register] = LRUCache(4)
_signed: LRUCache[tuple[bytes, str, str], bool] = LRUCache(1000)
_followed: LRUCache[tuple[str, bytes], tuple[History, History]] = LRUCache(1000)


def quicken(patch: pytest.MonkeyPatch) -> None:
    """Replace these for as long as the patch lasts."""
    patch.setattr(rfc8785, "dumps", canonical)
    # Time passes in steps of minutes, so an entry that is on its way may be overtaken by seals for hours.
    patch.setattr(audit.verification.seals, "TOLERANCE", dt.timedelta(days=1))
    _remember(patch)
    _remember_the_register(patch)
    for name in _RENDERERS:
        patch.setattr(tasks.steps, name, standing_for(name, getattr(tasks.steps, name)))
    for module in (tasks.steps, audit.verification.derived):
        patch.setattr(module, "render_index", standing_for("render_index", reports.index.render_index))
        patch.setattr(module, "is_of_this_form", lambda _: True)
    render = standing_for("render_document", desk.acts.corrections.render_document)
    patch.setattr(desk.acts.corrections, "render_document", render)
    patch.setattr(storage.keys, "is_inspection_id", functools.lru_cache(is_inspection_id))
    patch.setattr(storage.s3.parallel, "_threads", lambda: (OneAfterAnother(), 1))


def _remember(patch: pytest.MonkeyPatch) -> None:
    decode, encode, follow = Entry.from_bytes, Entry.to_bytes, History.followed_by

    def decoded(data: bytes) -> Entry:
        if data not in _decoded:
            _decoded[data] = decode(data)
        return _decoded[data]

    def encoded(entry: Entry) -> bytes:
        # By identity, with the entry kept, so that no other gets its place: an entry is frozen, but cannot be hashed.
        if id(entry) not in _encoded:
            _encoded[id(entry)] = (entry, encode(entry))
        return _encoded[id(entry)][1]

    def followed(history: History, data: bytes) -> History:
        # The head's digest names all that came before, if each entry was checked against it, so it is compared as well.
        before, after = _followed.get((history.head, data), (None, None))
        if after is None or before != history:
            after = follow(history, data)
            _followed[history.head, data] = (history, after)
        return after

    patch.setattr(Entry, "from_bytes", decoded)
    patch.setattr(Entry, "to_bytes", encoded)
    patch.setattr(History, "followed_by", followed)


def _remember_the_register(patch: pytest.MonkeyPatch) -> None:
    read_register, check_signature = Register.from_bytes, domain.people.entry_rules.is_valid_signature

    def registered(stored: Iterable[bytes]) -> Register:
        told = tuple(stored)
        if told not in _registers:
            _registers[told] = read_register(told)
        return _registers[told]

    def is_valid_signature(statement: bytes, signature: Signature) -> bool:
        name = (statement, signature.key, signature.value)
        if name not in _signed:
            _signed[name] = check_signature(statement, signature)
        return _signed[name]

    patch.setattr(Register, "from_bytes", registered)
    for rules in (domain.people.entry_rules, domain.people.register_rules):
        patch.setattr(rules, "is_valid_signature", is_valid_signature)


def canonical(value: Any) -> bytes:
    """Write the JSON that `rfc8785.dumps` writes; for names of fields in ASCII and numbers that are integers."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class OneAfterAnother:
    """Stands for the threads of a process."""

    def submit(self, act: Callable[[Any], Any], item: Any) -> Future[Any]:
        """Act at once, so that what fails or dies is followed by nothing."""
        done: Future[Any] = Future()
        done.set_result(act(item))
        return done


def standing_for(renderer: str, render: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Render one document, and of every other one only the digest, in files of the same names."""

    def stand(document: Any) -> Any:
        if renderer not in _rendered:
            _rendered[renderer] = render(document)
        parts = document if isinstance(document, tuple) else (document,)
        whole = b"".join(part.to_bytes() for part in parts)
        digest = digest_of(whole).encode()
        first = _rendered[renderer]
        if isinstance(first, Rendering):
            return dataclasses.replace(first, data=digest)
        # The data file is read again by later stages.
        return tuple(
            dataclasses.replace(one, data=whole if one.media_type == JSON else one.name.encode() + digest)
            for one in first
        )

    return stand
