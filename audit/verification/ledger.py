"""The layers `chain`, `rule` and `signature`: examine each ledger, and keep what other layers need of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import Field

from audit.verification.compliance import violations
from audit.verification.lenient_chain import ChainLink, LenientChain
from audit.verification.listing import fingerprint
from audit.verification.record_reader import RecordReader
from audit.verification.results import CheckResult, Progress
from audit.verification.snapshot import rules_of_this_program
from domain.lifecycle.history import History
from domain.lifecycle.set_aside import entries_named
from domain.people.foreign_entries import is_foreign
from domain.people.register import Register
from schemas.audit.check import Fault
from schemas.counts import counted
from schemas.identifiers import is_digest, is_inspection_id
from schemas.lifecycle.entry import DocumentReference, Entry, Fact
from schemas.lifecycle.kinds import PUBLICATIONS, SUBMISSIONS, TABLE_OF
from schemas.lifecycle.moves import Kind
from schemas.model import Record
from storage import keys
from storage.s3.versions import StoredVersion

MAX_ENTRIES: Final = 5_000
"""Of one ledger, many times more than any inspection has."""
_BATCH: Final = 100
"""Ledgers that are read at a time: enough for all readers, little enough for memory."""
CHANGES_OF_THE_INDEX: Final = PUBLICATIONS | {Kind.WITHDRAWN}
"""Each of these leaves a public record behind, and with it another index."""


class EntryOnRecord(Record):
    """What the seals need of one entry."""

    key: str
    digest: str
    at: dt.datetime | None = Field(description="None where the bytes are not an entry")
    ended_by: int | None = Field(description="Record of the register that ended the key or role it is signed with")
    set_aside_by: int | None = Field(description="Entry that sets it aside, though the register knew its key")


class NamedArtefact(Record):
    """An artefact that an entry names."""

    entry: int
    sha256: str
    kind: Kind
    draft: str | None = Field(description="Digest of the draft, in a publication")
    of: str | None = Field(default=None, description="Which document, in the publication of a correction")
    number: int | None = Field(default=None, description="Which version, in the publication of a correction")
    pack: str | None = Field(default=None, description="Digest of the accepted return, in a check of its table")


class RecordedIndex(Record):
    """What an entry says of the public index that it left behind."""

    entry: int
    sha256: str | None = Field(description="None where the entry does not say so")
    records: int = Field(description="How many public records the index lists")


class ExaminedLedger(Record):
    """What was found of one inspection, and what other layers need of it; kept in the snapshot when nothing was."""

    inspection: str
    head: str
    lines: tuple[EntryOnRecord, ...]
    artefacts: tuple[NamedArtefact, ...]
    indexes: tuple[RecordedIndex, ...] = ()
    order: Entry | None = Field(default=None, description="What ordered that its publications be withdrawn")
    withdrawn: Entry | None = Field(default=None, description="What records that they were")
    set_aside: int = Field(default=0, description="How many entries two people set aside")
    set_aside_by: tuple[str, ...] = ()

    @property
    def publications(self) -> tuple[NamedArtefact, ...]:
        """What was recorded as published."""
        return tuple(one for one in self.artefacts if one.kind in PUBLICATIONS)


def check_ledgers(
    reader: RecordReader,
    ledgers: Mapping[str, Sequence[StoredVersion]],
    gone: Sequence[str],
    register: Register,
    progress: Progress,
) -> tuple[list[ExaminedLedger], CheckResult]:
    """Examine every ledger, a batch at a time; what the snapshot has is neither read nor computed again.

    Args:
        ledgers: inspection to the versions of its entries.
        gone: inspections of which something was sealed and nothing is left; each has an empty ledger.
    """
    rules = f"{rules_of_this_program()} {register.head}"
    names = list(ledgers)
    everything: list[ExaminedLedger] = []
    faults: list[Fault] = []
    for start in range(0, len(names), _BATCH):
        progress("entries", start, len(names))
        batch = names[start : start + _BATCH]
        fingerprints = {name: fingerprint(ledgers[name]) for name in batch}
        listed = {name: ledgers[name][:MAX_ENTRIES] for name in batch}
        known = {name: kept for name in batch if (kept := reader.snapshot.examined(name, fingerprints[name], rules))}
        read, unreadable = reader.read([version for name in batch if name not in known for version in listed[name]])
        faults += unreadable
        stored = dict(read)
        for name in batch:
            if name in known:
                everything.append(ExaminedLedger.model_validate_json(known[name]))
                continue
            pairs = [(one.key, stored[one.key]) for one in listed[name] if one.key in stored]
            examined, found = examine(name, pairs, register if register.is_founded else None)
            if len(ledgers[name]) > MAX_ENTRIES:
                words = (
                    f"expected at most {MAX_ENTRIES:,} objects, found {len(ledgers[name]):,}; the others were not read"
                )
                found.append(Fault("chain", name, None, words))
            everything.append(examined)
            faults += found
            if not found and len(pairs) == len(ledgers[name]) and all(one.etag for one in ledgers[name]):
                reader.snapshot.keep_examined(name, fingerprints[name], rules, examined.model_dump_json())
    everything += [ExaminedLedger(inspection=name, head="", lines=(), artefacts=()) for name in gone]
    entries = sum(len(one.lines) for one in everything)
    of_all = f"{counted(entries, 'entry', 'entries')} of {counted(len(everything), 'inspection')}"
    signed = entries if register.is_founded else 0
    of_signed = counted(signed, "entry", "entries")
    if aside := sum(one.set_aside for one in everything):
        people = sorted({person for one in everything for person in one.set_aside_by})
        of_signed += f"; {aside} not believed and set aside by {', '.join(people)}"
    return everything, CheckResult(faults, {"chain": of_all, "rule": of_all, "signature": of_signed})


def examine(
    inspection_id: str, stored: Sequence[tuple[str, bytes]], register: Register | None
) -> tuple[ExaminedLedger, list[Fault]]:
    """Read one ledger and compare it with the chain, the rules and the register.

    Args:
        register: None where there is none, or where it is broken: then no signature can be checked.
    """
    links = LenientChain.read(inspection_id, stored)
    faults = [Fault("chain", inspection_id, place, words) for place, words in links.breaks]
    if not is_inspection_id(inspection_id):
        faults.append(Fault("chain", inspection_id, None, "expected a folder named after an inspection, found this"))
    faults += [Fault("rule", inspection_id, place, words) for place, words in violations(links.history)]
    history = links.history
    if register is not None:
        faults += _signatures(history, register)
    entries = [one.entry for one in history.standing]
    faults += [
        Fault("artefact", inspection_id, entry.seq, "names its artefact by a key of a different digest")
        for entry in entries
        if entry.document and not _is_own_key(inspection_id, entry.document)
    ]
    acts = [one.entry for one in history.all_of(Kind.FOREIGN_SET_ASIDE)]
    aside_by = {digest: act for act in acts for digest in entries_named(act)}
    examined = ExaminedLedger(
        inspection=inspection_id,
        head=links.head,
        lines=tuple(_line(link, aside_by.get(link.digest), register) for link in links.links),
        artefacts=tuple(_named(entries)),
        indexes=tuple(_index(entry) for entry in entries if entry.kind in CHANGES_OF_THE_INDEX),
        order=_newest(history, Kind.WITHDRAWAL_ORDERED),
        withdrawn=_newest(history, Kind.WITHDRAWN),
        set_aside=len(history.set_aside),
        set_aside_by=_people_who_set_aside(history),
    )
    return examined, faults


def _signatures(history: History, register: Register) -> Iterator[Fault]:
    for one in history.standing:
        if fault := register.fault_of(one.entry):
            yield Fault("signature", history.inspection_id, one.entry.seq, fault)


def _people_who_set_aside(history: History) -> tuple[str, ...]:
    acts = history.all_of(Kind.FOREIGN_SET_ASIDE)
    causes = {one.entry.because for one in acts}
    named = [one for one in history.all_of(Kind.FOREIGN_NAMED) if one.digest in causes]
    return tuple(sorted({one.entry.actor.person for one in (*named, *acts)}))


def _line(link: ChainLink, act: Entry | None, register: Register | None) -> EntryOnRecord:
    """Return what the seals need of an entry.

    Args:
        act: what sets it aside.
    """
    entry = link.entry
    is_known = entry is not None and not (act and register and is_foreign(register, entry, act.at))
    return EntryOnRecord(
        key=link.key,
        digest=link.digest,
        at=entry.at if entry else None,
        ended_by=register.ended_by(entry) if entry and register and is_known else None,
        set_aside_by=act.seq if act and register and is_known else None,
    )


def _newest(history: History, kind: Kind) -> Entry | None:
    newest = history.latest(kind)
    return newest.entry if newest else None


def _named(entries: Sequence[Entry]) -> Iterator[NamedArtefact]:
    pack: Fact | None = None
    for entry in entries:
        pack = entry.facts.get("pack") if entry.kind in SUBMISSIONS else pack
        if entry.document is not None:
            draft, of, number = (entry.facts.get(name) for name in ("draft", "of", "number"))
            yield NamedArtefact(
                entry=entry.seq,
                sha256=entry.document.sha256,
                kind=entry.kind,
                draft=draft if isinstance(draft, str) else None,
                of=of if isinstance(of, str) else None,
                number=number if isinstance(number, int) else None,
            )
        for name in ("calendar", "validation"):
            digest = entry.facts.get(name)
            if isinstance(digest, str) and is_digest(digest):
                of_pack = str(pack) if name == "validation" and entry.kind in TABLE_OF else None
                yield NamedArtefact(entry=entry.seq, sha256=digest, kind=entry.kind, draft=None, pack=of_pack)


def _index(entry: Entry) -> RecordedIndex:
    digest, records = entry.facts.get("index"), entry.facts.get("index_records")
    if isinstance(digest, str) and isinstance(records, int) and not isinstance(records, bool):
        return RecordedIndex(entry=entry.seq, sha256=digest, records=records)
    return RecordedIndex(entry=entry.seq, sha256=None, records=0)


def _is_own_key(inspection_id: str, document: DocumentReference) -> bool:
    return is_inspection_id(inspection_id) and document.key == keys.artefact(inspection_id, document.sha256)
