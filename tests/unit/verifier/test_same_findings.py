"""Both verifiers find the same in an altered record: something or nothing, and in the layer of what was altered.

The alterations know the forms: they change types, times, texts, order and fields of entries, records, seals and notes,
with the keys of everybody or with none.
"""

from __future__ import annotations

import base64
import copy
import datetime as dt
import json
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.export import export
from audit.verification import Anchors, verify
from audit.verification.anchors import ExternalNote
from schemas.identifiers import digest_of
from tests.support.archive import SEAL_KEY, Archive, key_of, note_of, verifier_key
from tests.support.memory_buckets import holdings_of_archive
from tests.support.stand_alone import STAND_ALONE

INSPECTION: Final = "kent-2025"
LAYER: Final = {"register": {"register"}, "seal": {"seal"}, "ledger": {"chain", "rule", "signature"}}
"""The layers of what is under a prefix: a part that is there and is wrong."""


@cache
def whole() -> Archive:
    archive = Archive()
    archive.found()
    archive.seal()
    archive.live(INSPECTION, 6)
    archive.seal()
    return archive


def layers_found(archive: Archive) -> tuple[set[str], set[str]]:
    """Verify with the product and with the verifier of one file; give the layers in which each finds something."""
    buckets, notes = holdings_of_archive(archive), [(f"note-{n}", text) for n, text in enumerate(archive.notes)]
    first, key = digest_of(whole().ledger["register/00000000.json"]), verifier_key(SEAL_KEY)
    anchors = Anchors(first, (key,), tuple(ExternalNote(*note) for note in notes))
    product = {fault.layer for fault in verify(buckets, anchors=anchors).faults}
    with tempfile.TemporaryDirectory() as folder:
        export(buckets, Path(folder) / "export", now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), with_documents=True)
        given = STAND_ALONE.Anchors(first, (STAND_ALONE.VerifierKey.parse(key),), tuple(notes))
        return product, {fault.layer for fault in STAND_ALONE.verify(Path(folder) / "export", given).faults}


def values(value: Any) -> st.SearchStrategy[Any]:
    """Draw something in the place of a value: of its type, of another, or the same in another form."""
    others: list[Any] = [None, True, False, 0, 1, 2, -1, 2**53, "", "x", [], {}, [value], {"a": value}, 1.5]
    if isinstance(value, str):
        others += [value.upper(), value[:-1], value + "0", f" {value}", value + "\n", value.replace("0", "1", 1)]
        others += [value.replace("Z", end) for end in (".000000Z", ".5Z", "+00:00", "z", ".123456Z")]
        others += [value.replace("T", " "), value.replace("2026-", "2036-"), value.replace("2026-", "0026-")]
        others += [value.replace("-03-02T", "-02-30T"), value.replace("T09:", "T24:"), value.replace(":", ":60:", 1)]
        others += [value.replace("\n\n", "\n"), value.replace("\n", "\r\n"), value + value.rpartition("\n\n")[2]]
        others += [
            value.replace("ncpi-seal ", "ncpi-seal\u00a0"),
            value.replace("=", ""),
            value + "\u2014 other AAAAAAAA\n",
        ]
    if isinstance(value, bool):
        others += [int(value)]
    elif isinstance(value, int):
        others += [value + 1, value - 1, bool(value), str(value), float(value)]
    if isinstance(value, list):
        others += [value[::-1], value[:-1], [*value, *value[-1:]], [value[:1], value[1:]]]
    if isinstance(value, dict):
        others += [{**value, "more": 1}, dict(list(value.items())[1:])]
    return st.sampled_from(others)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List every place in a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, one in inner for found in paths_of(one, (*path, name)))]


def signed_again(key: str, value: dict[str, Any]) -> dict[str, Any]:
    """Sign an altered object as somebody would who has every key."""
    value = copy.deepcopy(value)
    if key.startswith("seal/"):
        unsigned = rfc8785.dumps({name: one for name, one in value.items() if name != "note"})
        leaves = leaves_until(int(key[5:13]))
        value["note"] = note_of(leaves, SEAL_KEY, unsigned)
    elif key.startswith("ledger/"):
        del value["signature"]
        value["signature"] = signature(key_of(value["actor"]["person"]), b"ncpi-entry-v2\n" + rfc8785.dumps(value))
    else:
        signers = [one["key"] for one in value.pop("signatures")]
        statement = b"ncpi-register-v1\n" + rfc8785.dumps(value)
        by_public = {one.public_key().public_bytes_raw().hex(): one for one in known_keys()}
        value["signatures"] = [signature(by_public[public], statement) for public in signers]
    return value


def known_keys() -> list[Ed25519PrivateKey]:
    names = [
        *whole().keys,
        *(f"code of {name} {count}" for name in whole().keys for count in range(20)),
    ]
    return [key_of(name) for name in names]


def signature(key: Ed25519PrivateKey, statement: bytes) -> dict[str, Any]:
    value = base64.b64encode(key.sign(statement)).decode()
    return {"key": key.public_key().public_bytes_raw().hex(), "value": value, "certificate": None}


def leaves_until(n: int) -> list[bytes]:
    stored = whole().ledger
    return [
        f"{one} {digest}".encode()
        for seal in range(n + 1)
        for one, digest in json.loads(stored[f"seal/{seal:08d}.json"])["leaves"]
    ]


@st.composite
def altered(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw an object of the record and other bytes for it."""
    stored = whole().ledger
    key = draw(st.sampled_from(sorted(stored)))
    made = json.loads(stored[key])
    path = draw(st.sampled_from(paths_of(made)))
    outer = {"whole": made}
    inner: Any = outer
    for name in ("whole", *path)[:-1]:
        inner = inner[name]
    last = ("whole", *path)[-1]
    inner[last] = draw(values(inner[last]))
    made = outer["whole"]
    if draw(st.booleans()):
        with suppress(Exception):  # what cannot be signed is put there as it is
            made = signed_again(key, made)
    return key, draw(st.sampled_from([_canonical] * 6 + [_spaced, _doubled, _escaped, _with_newline]))(made)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _spaced(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _doubled(value: Any) -> bytes:
    return _canonical(value).replace(b'{"', b'{"version":1,"', 1)


def _escaped(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _with_newline(value: Any) -> bytes:
    return _canonical(value) + b"\n"


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(altered())
def test_both_find_the_same_in_an_altered_record(alteration: tuple[str, bytes]) -> None:
    key, data = alteration
    archive = replace(whole(), ledger={**whole().ledger, key: data})
    product, alone = layers_found(archive)
    about = f"{key}: {data!r}: {product} {alone}"
    assert bool(product) == bool(alone) == (data != whole().ledger[key]), about
    of_this = LAYER[key.partition("/")[0]]
    assert bool(product & of_this) == bool(alone & of_this), about
