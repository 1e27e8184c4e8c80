"""The layers `seal` and `held`: the chain of seals, the record compared with it, and notes that were kept elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.verification.anchors import Anchors, ExternalNote
from audit.verification.ledger import EntryOnRecord, ExaminedLedger
from audit.verification.results import CheckResult, of_key
from domain.people.belief import is_sealed_first
from domain.people.register import Register
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.merkle import Frontier, leaf_hash
from domain.sealing.note import VerifierKey, verifier_keys_of
from domain.sealing.seal_chain import SealChain
from schemas.audit.check import Fault, Layer
from schemas.counts import counted
from schemas.errors import ChainBrokenError, ProofError
from schemas.identifiers import digest_of
from schemas.people.register import Founded, SealKeyRegistered
from schemas.sealing.seal import leaf_data
from storage import keys

TOLERANCE: Final = dt.timedelta(hours=1)
"""By how much clocks of one system may differ. S3 refuses a request whose clock is a quarter of an hour off."""


@dataclass(slots=True)
class Sealing:
    """What the seals say, as far as they are whole."""

    chain: SealChain = field(default_factory=SealChain)
    times: list[dt.datetime] = field(default_factory=list)
    place_of: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By key of an entry or record: the number of its seal, and the digest it was sealed with."""
    trusted: tuple[VerifierKey, ...] = ()


def check_seals(
    stored: Sequence[tuple[str, bytes]], records: Sequence[tuple[str, bytes]], register: Register, anchors: Anchors
) -> tuple[Sealing, CheckResult]:
    """Return the seals as far as they are whole, where they are not, and where the register is not as sealed.

    Args:
        records: key and bytes of the register's records.
    """
    sealing = Sealing()
    faults: list[Fault] = []
    given = tuple(verifier_keys_of(anchors.seal_keys))
    registered = _registered(register)
    sealing.trusted = (*given, *(key for _, key in registered))
    try:
        for n, (key, data) in enumerate(stored):
            if key != keys.seal(n):
                faults.append(Fault("seal", "seal", n, f"expected {keys.seal(n)}, found {key}"))
                break
            seal = sealing.chain.add(data, _keys_for(n, registered, sealing) or given)
            if sealing.times and seal.at < sealing.times[-1] - TOLERANCE:
                faults.append(Fault("seal", "seal", n, "is dated before the seal that it follows"))
            sealing.times.append(seal.at)
            sealing.place_of.update({leaf: (n, digest) for leaf, digest in seal.leaves})
    except ChainBrokenError as error:
        faults.append(Fault("seal", "seal", sealing.chain.count, str(error)))
    faults += _check_records(records, sealing)
    return sealing, CheckResult(
        faults,
        {"seal": f"{counted(sealing.chain.count, 'seal')}, {counted(sealing.chain.size, 'record')}"},
        {} if sealing.chain.count else {"seal": "seals; nothing is sealed"},
    )


def _registered(register: Register) -> list[tuple[int, VerifierKey]]:
    """List the seal keys, each with the place of its record."""
    return [
        (record.seq, key)
        for record in register.records
        if isinstance(record.body, Founded | SealKeyRegistered)
        for key in verifier_keys_of([record.body.seal_key])
    ]


def _keys_for(n: int, registered: list[tuple[int, VerifierKey]], sealing: Sealing) -> tuple[VerifierKey, ...]:
    """Return the keys that may sign a seal: the newest whose record was sealed before it, and those after that."""
    trusted = [key for _, key in registered[:1]]
    for seq, key in registered[1:]:
        sealed = sealing.place_of.get(keys.register_record(seq))
        # The seal that holds the record itself may be by either key: its sealer may not have read the record yet.
        trusted = [key] if sealed is not None and sealed[0] < n else [*trusted, key]
    return tuple(trusted)


def _check_records(stored: Sequence[tuple[str, bytes]], sealing: Sealing) -> Iterator[Fault]:
    digests = {key: digest_of(data) for key, data in stored}
    for key, (n, digest) in sealing.place_of.items():
        if key.startswith(keys.REGISTER_PREFIX) and digests.get(key) != digest:
            yield of_key("seal", key, _altered(n, is_there=key in digests))


def check_entries_sealed(examined: ExaminedLedger, sealing: Sealing) -> Iterator[Fault]:
    """Compare the entries of a ledger with what was sealed of them, and their times with those of the seals."""
    for line in examined.lines:
        sealed = sealing.place_of.get(line.key)
        if sealed is not None and sealed[1] != line.digest:
            yield of_key("seal", line.key, _altered(sealed[0], is_there=True))
        elif line.set_aside_by is not None:
            if not _has_ended_first(line, sealing):
                words = f"expected an entry that is not believed, found {line.key}"
                yield Fault("rule", examined.inspection, line.set_aside_by, words)
        elif fault := _fault_of_time(line, sealed[0] if sealed else None, sealing):
            layer, words = fault
            yield of_key(layer, line.key, words)
    own = {line.key for line in examined.lines}
    folder = f"{keys.LEDGER_PREFIX}{examined.inspection}"
    for key in (f"{folder}/{place:08d}.json" for place in range(sealing.chain.sealed_prefix(folder).length)):
        if key not in own:
            yield of_key("seal", key, _altered(sealing.place_of[key][0], is_there=False))


def _altered(n: int, *, is_there: bool) -> str:
    return f"differs from what was sealed (seal {n})" if is_there else f"was sealed (seal {n}), but is missing"


def _fault_of_time(line: EntryOnRecord, n: int | None, sealing: Sealing) -> tuple[Layer, str] | None:
    if _has_ended_first(line, sealing):
        words = f"was not sealed before its key or role ended (register record {line.ended_by}), so it is not believed"
        return "signature", words
    if n is None or line.at is None:
        return None
    if line.at > sealing.times[n] + TOLERANCE:
        return "seal", f"is dated after its seal (seal {n})"
    if n and line.at < sealing.times[n - 1] - TOLERANCE:
        return "seal", f"is dated before seal {n - 1}, which does not have it"
    return None


def _has_ended_first(line: EntryOnRecord, sealing: Sealing) -> bool:
    if line.ended_by is None:
        return False
    seal_of = sealing.chain.seal_of
    return is_sealed_first(seal_of.get(line.key), seal_of.get(keys.register_record(line.ended_by))) is False


def check_notes(notes: Sequence[ExternalNote], sealing: Sealing) -> CheckResult:
    """Compare the seals with notes that were kept elsewhere."""
    return CheckResult(
        [*_check_notes(notes, sealing)],
        {"held": counted(len(notes), "note")},
        {} if notes else {"held": "notes kept elsewhere (--note)"},
    )


def _check_notes(notes: Sequence[ExternalNote], sealing: Sealing) -> Iterator[Fault]:
    hashes = [leaf_hash(leaf_data(leaf)) for leaf in sealing.chain.leaves]
    fitting: list[str] = []
    others: list[str] = []
    first: dict[int, tuple[str, bytes]] = {}
    proof = "Both are signed with a seal key: keep both, they prove it"
    for note in notes:
        try:
            checkpoint = Checkpoint.from_note(note.text, sealing.trusted)
        except ProofError as error:
            yield Fault("held", note.name, None, str(error))
            continue
        other, its_root = first.setdefault(checkpoint.size, (note.name, checkpoint.root))
        if its_root != checkpoint.root:
            words = (
                f"cannot be of one record with {other}: both seal {checkpoint.size} records, and not the same ones, so "
                f"their holders were shown two records. {proof}"
            )
            yield Fault("held", note.name, None, words)
        if checkpoint.size > len(hashes):
            words = f"seals {checkpoint.size} records, but only {len(hashes)} are sealed here: some are missing"
            yield Fault("held", note.name, None, words)
        elif checkpoint.seal and _is_of_another_seal(checkpoint, sealing):
            words = f"the seal of the first {checkpoint.size} records is not that of the note: the record was rewritten"
            others.append(note.name)
            yield Fault("held", note.name, None, words)
        elif Frontier(hashes[: checkpoint.size]).root != checkpoint.root:
            words = f"the first {checkpoint.size} sealed records are not those of the note: the record was rewritten"
            others.append(note.name)
            yield Fault("held", note.name, None, words)
        else:
            fitting.append(note.name)
    if fitting and others:
        words = (
            f"cannot be of one record with {fitting[0]}, which is of this one: its holder was shown another. {proof}"
        )
        yield Fault("held", ", ".join(others), None, words)


def _is_of_another_seal(checkpoint: Checkpoint, sealing: Sealing) -> bool:
    known = sealing.chain.checkpoints.get(checkpoint.size)
    return known is not None and known.seal != checkpoint.seal
