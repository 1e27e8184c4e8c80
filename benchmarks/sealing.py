"""How long sealing takes, with a ledger bucket of many inspections on a real SeaweedFS: cold, warm, and proofs.

Run it as `python -m benchmarks.sealing [INSPECTIONS]`; each has 15 entries.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.local_stack import report
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from domain.sealing.note import verifier_key_of
from domain.sealing.proof import check_proof, prove_entry
from schemas.programme.forces import FORCES
from storage import keys
from storage.clock import utc_now
from storage.record.seals import SealStore
from storage.s3.objects import S3Objects, open_bucket
from storage.sealing.sealer import Sealer
from storage.settings import Bucket, Duty, settings_of
from tests.support.entries import entries

R = TypeVar("R")
_ENTRIES = 15
_ORIGIN = "ncpi.invalid/ledger"


def main() -> None:
    """Measure and print."""
    inspections = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    names = [f"{force}-{year}" for year in range(2014, 2099) for force in FORCES][:inspections]
    with (
        tempfile.TemporaryDirectory() as data,
        Stack(Path(data), free_ports(), report=report, prepare=create_buckets, serve=False) as stack,
    ):
        bucket = open_bucket(Bucket.LEDGER, Duty.SEAL, settings_of(stack.environment))
        _timed("written", lambda: _write(bucket, names))
        key = Ed25519PrivateKey.generate()
        trusted = (verifier_key_of(_ORIGIN, key),)
        sealer = Sealer(bucket, _ORIGIN, key, utc_now)
        _timed("first seal of everything", sealer.seal)
        _timed("nothing new, warm", sealer.seal)
        for seq in range(_ENTRIES, _ENTRIES + 4):
            after = bucket.read(keys.ledger_entry(names[0], seq - 1))
            bucket.create(keys.ledger_entry(names[0], seq), entries(names[0], 1, after=after)[0], "application/json")
            sealer.seal()
        _timed("nothing new, a sealer that has just started", Sealer(bucket, _ORIGIN, key, utc_now).seal)
        store = SealStore(bucket)
        chain = store.read(trusted)
        _timed(f"reading all {chain.size} leaves of {chain.count} seals, checked", lambda: store.read(trusted))
        _timed("finding the newest seal", lambda: store.newest(by=utc_now() + dt.timedelta(hours=1)))
        leaf = chain.leaves[len(chain.leaves) // 2][0]
        assert chain.last is not None  # noqa: S101 - for the type checker: there are seals
        note, stored = chain.last.note, bucket.read(leaf)
        proof = _timed("proof of one entry", lambda: prove_entry(chain.leaves, leaf, stored, note, trusted)).to_bytes()
        _timed(f"checking it ({len(proof)} bytes)", lambda: check_proof(proof, trusted))


def _write(bucket: S3Objects, names: list[str]) -> None:
    def write(name: str) -> None:
        for seq, data in enumerate(entries(name, _ENTRIES)):
            bucket.create(keys.ledger_entry(name, seq), data, "application/json")

    with ThreadPoolExecutor(16) as writers:
        list(writers.map(write, names))


def _timed(what: str, work: Callable[[], R]) -> R:
    began, began_work = time.perf_counter(), time.process_time()
    made = work()
    taken, worked = time.perf_counter() - began, time.process_time() - began_work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{taken:9.3f} s, {worked:7.3f} s of them at work here, peak {peak} MB: {what}\n")
    sys.stdout.flush()
    return made


if __name__ == "__main__":
    main()
