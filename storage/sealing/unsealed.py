"""Find what is not sealed yet: everything new in the register and the ledgers that continues its chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pydantic import ValidationError

from domain.sealing.seal_chain import SealChain
from schemas.errors import ChainBrokenError, NotFoundError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry, genesis_of
from schemas.people import register
from schemas.people.register import RegisterRecord
from schemas.sealing.seal import Leaf
from storage import keys
from storage.record.sequence import in_places
from storage.s3.objects import Objects
from storage.s3.parallel import in_parallel
from storage.s3.versions import StoredVersion

_REGISTER: Final = "register"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What is to be sealed, and what is not."""

    leaves: tuple[Leaf, ...]
    """What is new and continues its chain."""
    broken: tuple[str, ...]
    """Why each broken chain is not sealed further."""


def find_unsealed(objects: Objects, sealed: SealChain) -> Unsealed:
    """Return what is new in the bucket; a broken chain is sealed up to its break, all others whole."""
    # The register is listed last. Then an act that was recorded after its key had ended is never sealed before the
    # record that ended it, which shows that it is not to be believed.
    chains: dict[str, tuple[StoredVersion, ...]] = {}
    for inspection_id, versions in groupby(
        objects.versions(keys.LEDGER_PREFIX), lambda one: keys.inspection_of_ledger(one.key)
    ):
        if inspection_id:
            chains[_ledger(inspection_id)] = tuple(versions)
    chains[_REGISTER] = tuple(objects.versions(keys.REGISTER_PREFIX))
    # A chain whose objects are all gone is not listed.
    chains = {name: chains.get(name, ()) for name in chains.keys() | sealed.chains}
    found = list(in_parallel(lambda one: _new_leaves(objects, sealed, *one), sorted(chains.items())))
    return Unsealed(tuple(leaf for leaves, _ in found for leaf in leaves), tuple(fault for _, fault in found if fault))


def _ledger(inspection_id: str) -> str:
    return keys.ledger_folder(inspection_id).removesuffix("/")


def _new_leaves(
    objects: Objects, sealed: SealChain, chain: str, versions: Iterable[StoredVersion]
) -> tuple[list[Leaf], str | None]:
    """Return the new leaves of one chain, and its fault, if it has one."""
    leaves: list[Leaf] = []
    tail = sealed.sealed_prefix(chain)
    subject = f"{chain.removeprefix(keys.LEDGER_PREFIX)} {'record' if chain == _REGISTER else 'entry'}"
    try:
        listed = in_places(subject, f"{chain}/", versions)
        if len(listed) < tail.length:
            raise _broken(subject, len(listed), "what was sealed there", "nothing")
        head = tail.head
        for place, version in enumerate(listed[tail.length :], start=tail.length):
            data = objects.read(version.key)
            if (fault := _fault_of(data, chain, place, head)) is not None:
                raise _broken(subject, place, f"one that follows {head[:12] + '…' if head else 'its genesis'}", fault)
            head = digest_of(data)
            leaves.append((version.key, head))
    except (ChainBrokenError, NotFoundError) as error:
        return leaves, str(error)
    return leaves, None


def _fault_of(data: bytes, chain: str, place: int, head: str | None) -> str | None:
    """Return the fault of an object as the next of its chain; None when it has none."""
    try:
        record: Entry | RegisterRecord = (
            RegisterRecord.from_bytes(data) if chain == _REGISTER else Entry.from_bytes(data)
        )
    except ValidationError:
        return "bytes that are none"
    if record.to_bytes() != data:
        return "an encoding other than canonical JSON"
    if isinstance(record, Entry) and _ledger(record.inspection) != chain:
        return "one of another inspection"
    if record.seq != place:
        return f"seq {record.seq}"
    genesis = genesis_of(record.inspection) if isinstance(record, Entry) else register.GENESIS
    if record.prev != (head or genesis):
        return f"one that follows {record.prev[:12]}…"
    return None


def _broken(subject: str, place: int, expected: str, found: str) -> ChainBrokenError:
    return ChainBrokenError(
        f"{subject} {place}: expected {expected}, found {found}; it is not sealed: tell management and keep the bucket "
        "as it is (docs/operations.md)"
    )
