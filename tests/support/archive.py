"""A whole record as the product leaves it: people, signed lives, artefacts, publications, seals; made in a moment.

It is made without desk, stages and servers, so that a test can say what each byte is, forge it with the keys at hand,
and make thousands of inspections.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.documents.withdrawals import draft_withdrawal
from domain.lifecycle.history import Recorded
from domain.signing import KeySigner, public_key_of, sign, sign_entry
from reports.index import render_index
from reports.withdrawal import render_withdrawal
from schemas.dates import SourcedDate
from schemas.documents.correction import CorrectedPublication
from schemas.documents.pack import Pack, StoredFile
from schemas.documents.publication import Draft, Publication, PublishedFile
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Actor, DocumentReference, Entry, Fact, UnsignedEntry, genesis_of
from schemas.lifecycle.kinds import FIRST_PUBLICATIONS
from schemas.lifecycle.moves import Kind
from schemas.model import Record
from schemas.people.register import GENESIS, Body, Confirmed, Enrolled, Founded, Invited, RegisterRecord
from schemas.people.roles import Role
from storage.record.public import read_record
from storage.settings import Bucket

ORIGIN: Final = "ncpi.invalid/ledger"
START: Final = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
ADMIN, SECOND_ADMIN = "ada.first", "bo.second"
MANAGER, LEAD, MODERATOR, HMI, OTHER_HMI, LIAISON = (
    "pat.howells",
    "rhian.morgan",
    "sam.read",
    "dru.sharpling",
    "eve.other",
    "lee.force",
)
ROLE_OF: Final = {
    MANAGER: Role.PROGRAMME_MANAGER,
    LEAD: Role.INSPECTOR,
    MODERATOR: Role.MODERATOR,
    HMI: Role.HMI,
    OTHER_HMI: Role.HMI,
    ADMIN: Role.ADMIN,
    SECOND_ADMIN: Role.ADMIN,
    LIAISON: Role.FORCE_LIAISON,
}
SERVICE: Final = "ncpi"
BOX: Final = digest_of(b"a sealed key")


def key_of(name: str) -> Ed25519PrivateKey:
    """Return the key of a name: the same in every test."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


SEAL_KEY: Final = key_of("seal")


def verifier_key(key: Ed25519PrivateKey, origin: str = ORIGIN) -> str:
    """Write the public half of a seal key as C2SP does."""
    raw = b"\x01" + key.public_key().public_bytes_raw()
    return f"{origin}+{_key_id(raw, origin).hex()}+{base64.b64encode(raw).decode()}"


def _key_id(raw: bytes, origin: str) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + raw).digest()[:4]


def note_of(leaves: list[bytes], key: Ed25519PrivateKey, seal: bytes, origin: str = ORIGIN) -> str:
    """Sign the checkpoint of a list of leaves, and the bytes of the seal without its note."""
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root_of(leaves)).decode()}\nncpi-seal {digest_of(seal)}\n"
    raw = b"\x01" + key.public_key().public_bytes_raw()
    value = base64.b64encode(_key_id(raw, origin) + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {origin} {value}\n"


def root_of(leaves: list[bytes]) -> bytes:
    """Return the root of a Merkle tree, level by level: a lone node at the end of a level goes up as it is."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves] or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0]


def in_order(keys: Iterable[str]) -> list[str]:
    """Put keys in the order of leaves: register first, then ledgers."""
    return sorted(keys, key=lambda key: (key.startswith("ledger/"), key))


@dataclass
class Archive:
    """Three buckets, the keys of everybody, and the notes that management was sent."""

    ledger: dict[str, bytes] = field(default_factory=dict)
    private: dict[str, bytes] = field(default_factory=dict)
    public: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    seal_key: Ed25519PrivateKey = SEAL_KEY
    now: dt.datetime = START
    leaves: list[bytes] = field(default_factory=list)
    sealed: set[str] = field(default_factory=set)
    keeps_artefacts: bool = True
    renders_index: bool = True
    """Whether the index is a page of all records, or in its place a line, which many inspections are made with."""
    hidden: set[str] = field(default_factory=set)
    """Keys of the public bucket on which a delete marker stands."""

    def clock(self) -> dt.datetime:
        """Return the time, a minute later each time."""
        self.now += dt.timedelta(minutes=1)
        return self.now

    def bucket(self, bucket: Bucket) -> dict[str, bytes]:
        """Return what one bucket holds."""
        return {Bucket.LEDGER: self.ledger, Bucket.PRIVATE: self.private, Bucket.PUBLIC: self.public}[bucket]

    # The register

    def _records(self) -> list[str]:
        return [key for key in self.ledger if key.startswith("register/")]

    def key(self, person: str) -> Ed25519PrivateKey:
        """Return the key that a person has now."""
        return self.keys.setdefault(person, key_of(person))

    def register(
        self, body: Body, *, by: str, subject: str | None = None, keys: Iterable[Ed25519PrivateKey] | None = None
    ) -> str:
        """Add a record to the register; give its digest."""
        seq = len(self._records())
        prev = digest_of(self.ledger[f"register/{seq - 1:08d}.json"]) if seq else GENESIS
        record = RegisterRecord(seq=seq, at=self.clock(), by=by, subject=subject or by, body=body, prev=prev)
        signing = tuple(keys) if keys is not None else (self.key(by),)
        record = record.model_copy(update={"signatures": tuple(sign(key, record.statement) for key in signing)})
        data = record.to_bytes()
        self.ledger[f"register/{seq:08d}.json"] = data
        return digest_of(data)

    def found(self, roles: Mapping[str, Role] = ROLE_OF) -> str:
        """Found the register with everybody in it, or with fewer people; give the digest of its first record."""
        body = Founded(
            key=public_key_of(self.key(ADMIN)),
            box=BOX,
            service_key=public_key_of(self.key(SERVICE)),
            seal_key=verifier_key(self.seal_key),
        )
        first = self.register(body, by=ADMIN)
        for person, role in roles.items():
            if person not in {ADMIN, SECOND_ADMIN}:
                self.enrol(person, role)
        self.enrol(SECOND_ADMIN, Role.ADMIN)
        return first

    def enrol(self, person: str, *roles: Role, confirmed_by: str | None = None, force: str | None = None) -> None:
        """Invite a person and let them take it up."""
        code = key_of(f"code of {person} {len(self._records())}")
        invitation = self.register(
            Invited(
                roles=roles,
                force=force or ("kent" if Role.FORCE_LIAISON in roles else None),
                until=self.now + dt.timedelta(days=7),
                code_key=public_key_of(code),
            ),
            by=ADMIN,
            subject=person,
        )
        if confirmed_by:
            self.register(Confirmed(invitation=invitation), by=confirmed_by, subject=person)
        key = self.key(person)
        body = Enrolled(invitation=invitation, key=public_key_of(key), box=BOX)
        self.register(body, by=person, keys=(key, code))

    # Ledgers

    def chain(self, inspection: str) -> list[bytes]:
        """Return the stored entries of an inspection, in order."""
        return list(self._chain(inspection))

    def _chain(self, inspection: str) -> Iterator[bytes]:
        seq = 0
        while (data := self.ledger.get(f"ledger/{inspection}/{seq:08d}.json")) is not None:
            yield data
            seq += 1

    def append(
        self,
        inspection: str,
        kind: Kind,
        by: str = SERVICE,
        *,
        document: DocumentReference | None = None,
        facts: Mapping[str, Fact] | None = None,
        because: str | None = None,
        key: Ed25519PrivateKey | None = None,
        seq: int | None = None,
        prev: str | None = None,
        at: dt.datetime | None = None,
        role: Role | None = None,
        id: str | None = None,  # noqa: A002 - the field's name
    ) -> Entry:
        """Add a signed entry; every part of it can be given, also such as the desk would refuse."""
        place = seq if seq is not None else sum(1 for _ in self._chain(inspection))
        head = prev or (
            digest_of(self.ledger[f"ledger/{inspection}/{place - 1:08d}.json"]) if place else genesis_of(inspection)
        )
        actor = Actor(
            person=by,
            role=role or (Role.SERVICE if by == SERVICE else ROLE_OF[by]),
            assurance="service" if by == SERVICE else "person-key",
        )
        content = UnsignedEntry(
            inspection=inspection,
            seq=place,
            id=id or f"{kind.value}/{place:08d}",
            kind=kind,
            at=at or self.clock(),
            actor=actor,
            document=document,
            facts=dict(facts or {}),
            because=because or (head if place else None),
            prev=head,
        )
        entry = sign_entry(content, KeySigner(actor, key or self.key(by)))
        self.ledger[f"ledger/{inspection}/{place:08d}.json"] = entry.to_bytes()
        return entry

    def store(self, inspection: str, data: bytes, media_type: str = "application/json") -> DocumentReference:
        """Store an artefact."""
        digest = digest_of(data)
        key = f"artefacts/{inspection}/{digest}"
        if self.keeps_artefacts:
            self.private[key] = data
        return DocumentReference(sha256=digest, size_bytes=len(data), media_type=media_type, key=key)

    def _document(self, inspection: str, document: Record) -> DocumentReference:
        return self.store(inspection, document.to_bytes())

    def _file(self, inspection: str, name: str, text: str, media_type: str = "text/html") -> StoredFile:
        reference = self.store(inspection, text.encode(), media_type)
        return StoredFile(
            name=name, sha256=reference.sha256, size_bytes=reference.size_bytes, media_type=reference.media_type
        )

    def head(self, inspection: str) -> str:
        """Return the digest of an inspection's newest entry."""
        return digest_of(self.chain(inspection)[-1])

    def submit(self, inspection: str, kind: Kind) -> None:
        """Submit a return."""
        files = (self._file(inspection, "return.json", "{}"), self._file(inspection, "cases.csv", f"{kind} case table"))
        pack = self._document(inspection, Pack(inspection=inspection, files=files))
        self.append(inspection, kind, LEAD, document=pack, facts={"pack": pack.sha256})

    def draft(self, inspection: str, of: Any, kind: Kind, **facts: Fact) -> DocumentReference:
        """Draft a report or review."""
        file = self._file(inspection, "report.html", f"<p>{of} of {inspection}</p>")
        draft = Draft(inspection=inspection, of=of, round=1, author=LEAD, files=(file,))
        document = self._document(inspection, draft)
        facts = {"round": 1, "authors": (LEAD,), "findings": 3} | facts
        self.append(inspection, kind, document=document, facts=facts)
        return document

    def checked(self, inspection: str, suite: str, **changes: Any) -> str:
        """Store what the newest return was checked against; give its digest."""
        packs = [json.loads(data)["facts"].get("pack") for data in self._chain(inspection)]
        pack = next((one for one in reversed(packs) if one), None)
        said = {"kind": "validation", "inspection": inspection, "pack": pack, "suite": suite, "is_met": True, **changes}
        return self.store(inspection, rfc8785.dumps(said)).sha256

    def decide(self, inspection: str, draft: DocumentReference, approved: Kind, by: str = HMI) -> None:
        """Moderate and approve a draft."""
        drafted = self.head(inspection)
        facts: dict[str, Fact] = {"draft": draft.sha256}
        self.append(inspection, Kind.MODERATED, MODERATOR, document=draft, facts=facts, because=drafted)
        facts = {"decision": "approved", "draft": draft.sha256, "embargo": self.now.isoformat()}
        self.append(inspection, approved, by, document=draft, facts=facts, because=drafted)

    def publish(self, inspection: str, of: Any, draft: DocumentReference, kind: Kind) -> None:
        """Publish what was approved."""
        key = f"{inspection}/{of}/report.html"
        data = f"<p>{of} of {inspection}</p>".encode()
        files = (
            PublishedFile(
                name="report.html", key=key, sha256=digest_of(data), size_bytes=len(data), media_type="text/html"
            ),
        )
        publication = self._publication(inspection, of, draft, files)
        document = self._document(inspection, publication)
        if self.keeps_artefacts:
            self.public[key] = data
            self.public[f"publications/{inspection}/{of}.json"] = publication.to_bytes()
        facts: dict[str, Fact] = {"draft": draft.sha256, "approver": HMI, "files": 1, **self.index()}
        self.append(inspection, kind, document=document, facts=facts)

    def index(self) -> dict[str, Fact]:
        """Store the index of all public records; give what an entry says of it."""
        records = [(key, data) for key, data in sorted(self.public.items()) if key.startswith("publications/")]
        page = b"The index of %d records" % len(records)
        if self.renders_index:
            page = render_index([read_record(key, data) for key, data in records]).data
        if self.keeps_artefacts:
            self.public["index.html"] = page
        return {"index": digest_of(page), "index_records": len(records)}

    def correct(self, inspection: str, of: Any = "initial-report", number: int = 2) -> None:
        """Draft, approve and publish the next version of a document."""
        draft = self.draft_correction(inspection, of, number)
        self.decide(inspection, draft, Kind.CORRECTION_APPROVED)
        self.publish_correction(inspection, of, number, draft)

    def draft_correction(self, inspection: str, of: Any, number: int, *, says: int | None = None) -> DocumentReference:
        """Draft the next version of a document; `says` is what it says of itself, where that is another."""
        entries = [(Entry.from_bytes(data), digest_of(data)) for data in self.chain(inspection)]
        versions = [
            digest
            for entry, digest in entries
            if entry.kind is FIRST_PUBLICATIONS[of]
            or (entry.kind is Kind.CORRECTION_PUBLISHED and entry.facts.get("of") == of)
        ]
        page = self._file(inspection, "report.html", f"<p>{of} of {inspection}, version {number}</p>")
        errata = [{"place": "page 4", "was": "one", "now": "two", "why": "a slip"}]
        corrections = [{"number": one, "corrected": "2026-03-03", "errata": errata} for one in range(2, number)]
        corrections.append({"number": says or number, "corrected": "2026-03-03", "errata": errata})
        corrected = {
            "kind": "corrected",
            "inspection": inspection,
            "of": of,
            "document": {"kind": of},
            "corrections": corrections,
        }
        report = self._file(inspection, "report.json", rfc8785.dumps(corrected).decode(), "application/json")  # type: ignore[arg-type]
        draft = self._document(
            inspection, Draft(inspection=inspection, of=of, round=number - 1, author=LEAD, files=(page, report))
        )
        facts: dict[str, Fact] = {"of": of, "number": number, "errata": 1}
        because = versions[-1] if versions else None
        self.append(inspection, Kind.CORRECTION_DRAFTED, LEAD, document=draft, facts=facts, because=because)
        return draft

    def publish_correction(
        self, inspection: str, of: Any, number: int, draft: DocumentReference, *, errata: int = 1, **facts: Fact
    ) -> None:
        """Publish a later version that was approved; what its entry says of it can be given."""
        made = Draft.model_validate_json(self.private[draft.key])
        files = tuple(
            PublishedFile(key=f"{inspection}/{of}/v{number}/{file.name}", **file.model_dump()) for file in made.files
        )
        publication = self._publication(inspection, of, draft, files)
        record = CorrectedPublication(number=number, errata=errata, publication=publication)
        for file in files:
            self.public[file.key] = self.private[f"artefacts/{inspection}/{file.sha256}"]
        self.public[f"publications/{inspection}/{of}-v{number}.json"] = record.to_bytes()
        said: dict[str, Fact] = {"draft": draft.sha256, "approver": HMI, "files": 2, "of": of, "number": number}
        document = self._document(inspection, record)
        said |= self.index()
        self.append(inspection, Kind.CORRECTION_PUBLISHED, document=document, facts={**said, **facts})

    def withdraw(self, inspection: str, **changes: Any) -> None:
        """Withdraw everything of an inspection; fields of the record of it can be given."""
        entry = self.append(inspection, Kind.WITHDRAWAL_ORDERED, HMI, facts={"reason": "Another force's figures"})
        order = Recorded(entry, digest_of(entry.to_bytes()))
        made = draft_withdrawal(order, self.published(inspection)).model_copy(update=changes)
        notice = render_withdrawal(made).data
        self.hidden |= {file.key for one in made.withdrawn for file in one.files}
        self.public[f"{inspection}/withdrawal.html"] = notice
        self.public[f"publications/{inspection}/withdrawal.json"] = made.to_bytes()
        files = sum(len(one.files) for one in made.withdrawn)
        facts: dict[str, Fact] = {"files": files, "notice": digest_of(notice), **self.index()}
        self.append(inspection, Kind.WITHDRAWN, document=self._document(inspection, made), facts=facts)

    def published(self, inspection: str) -> list[Publication | CorrectedPublication]:
        """Read everything that was published of an inspection, in the order of its ledger."""
        found: list[Publication | CorrectedPublication] = []
        for data in self.chain(inspection):
            entry = Entry.from_bytes(data)
            if entry.document and entry.kind is Kind.CORRECTION_PUBLISHED:
                found.append(CorrectedPublication.model_validate_json(self.private[entry.document.key]))
            elif entry.document and entry.kind in FIRST_PUBLICATIONS.values():
                found.append(Publication.model_validate_json(self.private[entry.document.key]))
        return found

    def _publication(self, inspection: str, of: Any, draft: DocumentReference, files: tuple[PublishedFile, ...]) -> Any:
        return Publication(
            inspection=inspection,
            of=of,
            title="A report",
            draft=draft.sha256,
            approver=HMI,
            embargo=self.now,
            published_at=self.now,
            published=SourcedDate(date="2026-03-02", source="published by this system"),
            files=files,
        )

    def live(self, inspection: str, entries: int = 15) -> None:
        """Live a life of fifteen entries, or its beginning."""
        steps = iter(self._life(inspection))
        while sum(1 for _ in self._chain(inspection)) < entries and next(steps, None):
            pass

    def _life(self, inspection: str) -> Iterator[bool]:
        self.append(inspection, Kind.OPENED, MANAGER, facts={"force": "kent", "force_name": "Kent Police"})
        yield True
        self.submit(inspection, Kind.FIELDWORK_SUBMITTED)
        yield True
        evidence = self.store(inspection, b'{"kind":"evidence"}')
        facts: dict[str, Fact] = {"cases": 3, "validation": self.checked(inspection, "case audit")}
        self.append(inspection, Kind.FIELDWORK_RECORDED, document=evidence, facts=facts)
        yield True
        draft = self.draft(inspection, "initial-report", Kind.REPORT_DRAFTED)
        yield True
        self.decide(inspection, draft, Kind.REPORT_APPROVED)
        yield True
        self.publish(inspection, "initial-report", draft, Kind.PUBLISHED)
        yield True
        calendar = self.store(inspection, b"BEGIN:VCALENDAR", "text/calendar")
        plan = self.store(inspection, b'{"kind":"follow-up-plan"}')
        self.append(inspection, Kind.FOLLOW_UP_RECORDED, document=plan, facts={"calendar": calendar.sha256})
        yield True
        self.append(inspection, Kind.ACTION_PLAN_RECEIVED, MANAGER, facts={"received": "2026-04-01"})
        self.append(inspection, Kind.POLICING_BODY_RESPONDED, MANAGER, facts={"received": "2026-04-02"})
        yield True
        self.submit(inspection, Kind.REVIEW_SUBMITTED)
        validation = self.checked(inspection, "progress")
        draft = self.draft(inspection, "review", Kind.REVIEW_DRAFTED, validation=validation)
        yield True
        self.decide(inspection, draft, Kind.REVIEW_APPROVED)
        self.publish(inspection, "review", draft, Kind.REVIEW_PUBLISHED)
        yield True

    # Seals

    def seal(self, key: Ed25519PrivateKey | None = None) -> str:
        """Seal whatever is new; give the note, which management is sent."""
        number = sum(1 for one in self.ledger if one.startswith("seal/"))
        prev = digest_of(self.ledger[f"seal/{number - 1:08d}.json"] if number else b"ncpi-seal-v1\n")
        new = in_order(one for one in self.ledger if not one.startswith("seal/") and one not in self.sealed)
        pairs = [[one, digest_of(self.ledger[one])] for one in new]
        self.leaves += [f"{one} {digest}".encode() for one, digest in pairs]
        self.sealed.update(new)
        at = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
        seal = {"version": 2, "n": number, "at": at, "prev": prev, "leaves": pairs}
        note = note_of(self.leaves, key or self.seal_key, rfc8785.dumps(seal))  # type: ignore[arg-type]
        seal["note"] = note
        self.ledger[f"seal/{number:08d}.json"] = rfc8785.dumps(seal)  # type: ignore[arg-type]
        self.notes.append(note)
        return note

    def forget_seals(self) -> None:
        """Remove all seals, so that everything can be sealed again, as whoever rewrites the past must."""
        for key in [one for one in self.ledger if one.startswith("seal/")]:
            del self.ledger[key]
        self.leaves, self.sealed = [], set()
