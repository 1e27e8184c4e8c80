"""Seal what is new: find it, sign it, commit by one PUT. Only the process that holds the seal key does this.

It keeps the chain of seals in memory, so that each run reads only what is new.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.sealing.note import verifier_key_of, verifier_keys_of
from domain.sealing.seal_chain import SealChain
from schemas.errors import ChainBrokenError
from schemas.sealing.seal import Seal
from storage.record.conflict import retry_on_conflict
from storage.record.register import RegisterStore
from storage.record.seals import SealStore
from storage.s3.objects import Objects
from storage.s3.read_cache import ReadCache
from storage.sealing.unsealed import find_unsealed


@dataclass(frozen=True, slots=True)
class SealResult:
    """What a run of sealing did."""

    seal: Seal | None
    """The new seal; None when nothing was new."""
    seals: int
    """Number of seals after the run."""
    entries: int
    """Number of sealed objects after the run."""
    broken: tuple[str, ...] = ()
    """Why each broken chain was not sealed further."""


class Sealer:
    """Seals one ledger bucket under one name with one key."""

    def __init__(self, objects: Objects, origin: str, key: Ed25519PrivateKey, clock: Callable[[], dt.datetime]) -> None:
        """Work on the ledger bucket.

        Raises:
            ProofError: the origin cannot be the name of a log.
        """
        self._objects = objects
        self._origin = origin
        self._key = key
        self._own = verifier_key_of(origin, key)
        self._clock = clock
        self._store = SealStore(objects)
        self._register = RegisterStore(objects, ReadCache())
        self._trusted = frozenset({self._own})
        self._chain: SealChain | None = None
        self._lock = threading.Lock()

    def seal(self) -> SealResult:
        """Seal in one seal everything new that follows its chain; make none when nothing is new.

        Raises:
            ChainBrokenError: the seals are not what was written; nothing was sealed.
            SettingsError: another key is registered; nothing was sealed.
            AlreadyWrittenError: other sealers were faster each time.
        """
        with self._lock:
            return retry_on_conflict(self._seal)

    def _seal(self) -> SealResult:
        chain = self._caught_up()
        unsealed = find_unsealed(self._objects, chain)
        if not unsealed.leaves:
            return SealResult(None, chain.count, chain.size, unsealed.broken)
        seal = chain.next_seal(unsealed.leaves, self._clock(), self._origin, self._key)
        self._store.append(seal)
        chain.add(seal.to_bytes(), (self._own,))
        return SealResult(seal, chain.count, chain.size, unsealed.broken)

    def _caught_up(self) -> SealChain:
        # A broken register is reported where it is not sealed; the keys that it named before remain valid.
        with suppress(ChainBrokenError):
            register = self._register.read()
            register.check_seal_key(str(self._own))
            self._trusted |= set(verifier_keys_of(register.seal_keys))
        if self._chain is None:
            self._chain = self._store.read(self._trusted)
        else:
            self._store.catch_up(self._chain, self._trusted)
        return self._chain
