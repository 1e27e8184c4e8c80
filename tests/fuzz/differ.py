"""Hold both verifiers to the same answer over mutated records and whole exports.

Usage: python -m tests.fuzz.differ [--exports N] [--records N] [--seed N] [--from N]

Each case has a number; its seed is made of the seed that is given and of that number, so a run that broke off goes on
with --from, and one case is tried again alone. Ends with status 0 when nothing raised and both agreed on every case.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from audit.export import export
from audit.export.folder import ExportFolder
from audit.verification import Anchors, verify
from audit.verification.anchors import ExternalNote
from audit.verification.listing import STRAY
from domain.people.register import Register
from domain.sealing.note import VerifierKey
from domain.sealing.seal_chain import SealChain
from schemas.errors import ChainBrokenError
from schemas.lifecycle.entry import Entry
from storage.s3.bucket_rules import RulesRead
from storage.s3.read_only import ReadOnlyBuckets
from tests.fuzz import mutations
from tests.support.archive import SEAL_KEY, Archive, verifier_key
from tests.support.stand_alone import STAND_ALONE

_AT: Final = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
_MAX_SHOWN: Final = 20


@dataclass
class Held:
    """How many cases were held, how many of them were findings, and what went wrong."""

    cases: int = 0
    found: int = 0
    wrong: list[str] = field(default_factory=list)
    layers: Counter[str] = field(default_factory=Counter)


@cache
def _base() -> Archive:
    return mutations.base()


def hold_export(seed: str, folder: Path, held: Held) -> None:
    """Verify a mutated record with the product, and an export of it with the verifier of one file."""
    rng, archive = random.Random(seed), _base()
    buckets, more = mutations.mutate_record(rng, archive)
    store = ReadOnlyBuckets(
        mutations.Listed(buckets["ledger"], more),
        mutations.Listed(buckets["private"]),
        mutations.Listed(buckets["public"]),
        RulesRead,
    )
    note, key = archive.notes[-1], verifier_key(SEAL_KEY)
    found = verify(store, anchors=Anchors(None, (key,), (ExternalNote("note", note),))).faults
    # An export has no listing of the private bucket, so what is astray there the product knows alone.
    product = [one for one in found if not (one.layer == "artefact" and one.message.endswith(STRAY))]
    shutil.rmtree(folder, ignore_errors=True)
    export(store, folder, now=_AT, with_documents=True)
    is_same = True
    if rng.random() < 0.15:  # what is done to the export alone, the product cannot know
        path = folder / rng.choice(mutations.LISTINGS)
        before = path.read_bytes()
        path.write_bytes(mutations.mutate_listing(rng, before))
        is_same = path.read_bytes() == before
    given = STAND_ALONE.Anchors(None, (STAND_ALONE.VerifierKey.parse(key),), (("note", note),))
    try:
        alone = STAND_ALONE.verify(folder, given).faults
    except STAND_ALONE.Unusable:
        alone = None
    held.cases += 1
    held.found += bool(product)
    held.layers.update({one.layer for one in product})
    if not is_same:
        return
    by_product, by_alone = ({(one.layer, one.where) for one in faults} for faults in (product, alone or ()))
    # The export cannot have what is no name of a file, or beneath one, so one knows of it by the listing alone.
    folders = {key.rpartition("/")[0] for key in buckets["ledger"]}
    is_exported = folders.isdisjoint(buckets["ledger"]) and all(map(ExportFolder.is_safe, buckets["ledger"]))
    is_same = not (by_product and is_exported) or bool(by_product & by_alone)
    if alone is None or bool(by_product) != bool(by_alone) or not is_same:
        said = [f"product: {one}" for one in product[:4]] + [f"alone: {one}" for one in (alone or [])[:4]]
        held.wrong.append(f"{seed}: they disagree: {said}")


def hold_record(seed: str, held: Held) -> None:
    """Read one mutated object with the reader of each verifier, in the place where it stood."""
    rng, archive = random.Random(seed), _base()
    key = rng.choice(_ledger_keys())
    data = archive.ledger[key]
    changed = mutations.mutate_object(rng, data)
    chain = key.partition("/")[0]
    by_product, by_alone = {"ledger": _read_entry, "register": _read_register, "seal": _read_seal}[chain](key, changed)
    held.cases += 1
    held.found += not by_product
    held.layers[chain] += 1
    if by_product != by_alone:
        held.wrong.append(
            f"{seed}: {key} is {by_product} to the product and {by_alone} to the other: {changed[:2000]!r}"
        )


@cache
def _ledger_keys() -> tuple[str, ...]:
    entries = [key for key in sorted(_base().ledger) if key.startswith("ledger/")]
    return tuple(sorted(_base().ledger) + entries * 3)


def _read_entry(_: str, data: bytes) -> tuple[bool, bool]:
    try:
        by_product = Entry.from_bytes(data).to_bytes() == data
    except ValidationError:
        by_product = False
    try:
        by_alone = STAND_ALONE.fault_of_entry(STAND_ALONE.parse(data)) is None
    except ValueError:
        by_alone = False
    return by_product, by_alone


def _before(key: str) -> list[tuple[str, bytes]]:
    folder = key.partition("/")[0]
    return [(one, data) for one, data in sorted(_base().ledger.items()) if one.startswith(f"{folder}/") and one < key]


@cache
def _register_before(key: str) -> Register:
    return Register.from_bytes(data for _, data in _before(key))


def _read_register(key: str, data: bytes) -> tuple[bool, bool]:
    try:
        _register_before(key).followed_by(data)
        by_product = True
    except ChainBrokenError:
        by_product = False
    reader = STAND_ALONE.RegisterReader()
    if (data == _base().ledger[key]) or by_product:
        reader.read([*_before(key), (key, data)])
        return by_product, not reader.faults
    reader = _reader_before(key)
    try:
        reader._checked(int(key[-13:-5]), key, data)
    except STAND_ALONE.WRONG_FORM:
        return False, False
    reader = STAND_ALONE.RegisterReader()
    reader.read([*_before(key), (key, data)])
    return False, not reader.faults


def _reader_before(key: str) -> Any:
    reader = STAND_ALONE.RegisterReader()
    before = _before(key)
    reader._prev = STAND_ALONE.digest_of(before[-1][1]) if before else reader._prev
    return reader


def _read_seal(key: str, data: bytes) -> tuple[bool, bool]:
    text = verifier_key(SEAL_KEY)
    chain = SealChain()
    for _, one in _before(key):
        chain.add(one, (VerifierKey.parse(text),))
    try:
        chain.add(data, (VerifierKey.parse(text),))
        by_product = True
    except ChainBrokenError:
        by_product = False
    seals = STAND_ALONE.SealChain(None, (STAND_ALONE.VerifierKey.parse(text),), ())
    seals.read([*_before(key), (key, data)])
    return by_product, not seals.faults


@contextmanager
def without_waiting_for_the_disk() -> Iterator[None]:
    """Write exports without waiting until they are on the disk; none of them is kept."""
    sync, os.sync = os.sync, lambda: None
    fsync, os.fsync = os.fsync, lambda _: None
    try:
        yield
    finally:
        os.sync, os.fsync = sync, fsync


def run(hold: Callable[[str], None], held: Held, seed: int, first: int, count: int, *, report: bool = False) -> None:
    """Hold many cases; what one of them raises is kept with its seed."""
    started, told = time.monotonic(), time.monotonic()
    for number in range(first, first + count):
        try:
            hold(f"{seed}/{number}")
        except Exception:  # noqa: BLE001 - whatever is raised is what is looked for
            held.wrong.append(f"{seed}/{number}: {traceback.format_exc(limit=-9)}")
        if report and time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"{number + 1 - first:,} of {count:,}, {told - started:.0f} s, {len(held.wrong)} wrong; "  # noqa: T201
                  f"goes on with --seed {seed} --from {number + 1}", flush=True)  # fmt: skip


def main() -> int:
    """Hold as many cases as were asked for; print each that is wrong, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exports", type=int, default=0)
    parser.add_argument("--records", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--from", type=int, default=0, dest="first", help="number of the first case")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)  # noqa: T201
    bad = 0
    with tempfile.TemporaryDirectory() as folder, without_waiting_for_the_disk():
        for name, count, hold in (
            ("records", chosen.records, hold_record),
            ("exports", chosen.exports, lambda seed, held: hold_export(seed, Path(folder) / "export", held)),
        ):
            held, started = Held(), time.process_time()
            run(lambda seed: hold(seed, held), held, chosen.seed, chosen.first, count, report=True)  # noqa: B023
            for text in held.wrong[:_MAX_SHOWN]:
                print(text)  # noqa: T201
            spent = f"{time.process_time() - started:.0f} CPU-seconds"
            figures = f"{held.cases:,} held, {held.found:,} of them findings, {len(held.wrong)} wrong, {spent}"
            print(f"{name}: {figures}, {json.dumps(held.layers)}", flush=True)  # noqa: T201
            bad += len(held.wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
