"""What must hold after every step, checked at the moment at which an object is created."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping

from dateutil.relativedelta import relativedelta

from domain.lifecycle.approval import embargo_of
from domain.lifecycle.history import History, Recorded
from schemas.documents.publication import Draft, Publication
from schemas.errors import NcpiError
from schemas.lifecycle.entry import Entry, Fact
from schemas.lifecycle.moves import Kind
from schemas.sealing.seal import Seal
from storage import keys

APPROVALS = {"initial-report": Kind.REPORT_APPROVED, "review": Kind.REVIEW_APPROVED}


class BrokenPromiseError(AssertionError):
    """Something happened that must never happen."""


class Promises:
    """Reads along what is created, with nothing of the product but the rules of the chain."""

    def __init__(self, read_private: Callable[[str], bytes], clock: Callable[[], dt.datetime]) -> None:
        self.histories: dict[str, History] = {}
        self._read_private = read_private
        self._clock = clock
        self._acknowledged: list[Recorded] = []
        self._sealed: Counter[str] = Counter()
        self.left = ""
        """Key of the record of the register that revoked a person."""
        self.forged: set[str] = set()
        """Digests of what a thief has written with that person's key."""
        self._seal_of: dict[str, int] = {}
        self._public: set[str] = set()
        """Of which inspection which document is public, in whole or in part: `kent-2025/review`."""

    def entry_created(self, key: str, data: bytes) -> None:
        """Hold a new entry against the chain, the moves and the separation of duties; a seal against the entries."""
        if key.startswith(keys.SEALS_PREFIX):
            self._check_seal(data)
            return
        place = keys.parse_ledger_entry(key)
        if place is None:
            message = f"{key} is no entry"
            raise BrokenPromiseError(message)
        inspection, seq = place
        before = self.histories.get(inspection, History(inspection))
        if seq != len(before.recorded):
            message = f"{key}: a place was left out"
            raise BrokenPromiseError(message)
        try:
            after = before.followed_by(data)
        except NcpiError as error:
            # Not of the product's errors: its own code might take it for one that it knows.
            raise BrokenPromiseError(str(error)) from error
        self.histories[inspection] = after
        if after.recorded[-1].digest in self.forged:
            return
        self._check_approval(after.recorded[-1].entry)
        self._check_decision(after)
        self._check_clock(after)

    def public_created(self, key: str, data: bytes) -> None:
        """Hold a public object against what was approved, by whom, and when it may be seen."""
        if key == keys.PUBLIC_INDEX:
            return  # derived; the verification at the end compares it
        if key.startswith(keys.PUBLICATIONS_PREFIX):
            publication = Publication.model_validate_json(data)
            inspection, of = publication.inspection, publication.of
        else:
            inspection, of = key.split("/")[:2]
        self._public.add(f"{inspection}/{of}")
        approval = self.histories[inspection].latest(APPROVALS[of], Kind.APPROVAL_TAKEN_BACK)
        if approval is None or approval.entry.kind is Kind.APPROVAL_TAKEN_BACK:
            message = f"{key} was published without an approval that stands"
            raise BrokenPromiseError(message)
        if self._clock() < embargo_of(approval):
            message = f"{key} was published before its embargo"
            raise BrokenPromiseError(message)
        if approval.digest in self.forged:
            message = f"{key} was published on an approval by the key of a person who had left"
            raise BrokenPromiseError(message)
        draft = self._draft(approval.entry)
        if not key.startswith(keys.PUBLICATIONS_PREFIX) and _digest(data) not in {one.sha256 for one in draft.files}:
            message = f"{key} was published with bytes that nobody approved"
            raise BrokenPromiseError(message)

    def unsealed_by(self, person: str) -> bool:
        """Return whether a person signed anything that no seal holds."""
        return any(
            one.entry.actor.person == person and keys.ledger_entry(inspection, one.entry.seq) not in self._seal_of
            for inspection, history in self.histories.items()
            for one in history.recorded
        )

    def forgeries_in(self, history: History) -> list[str]:
        """List what the thief wrote that still stands, by digest."""
        return [one.digest for one in history.standing if one.digest in self.forged]

    def is_left_sealed(self) -> bool:
        """Return whether everybody can see that the person has left before anything that the thief wrote."""
        return self.left in self._seal_of

    def acknowledge(self, recorded: Recorded) -> None:
        """Note that somebody was told that this entry stands."""
        self._acknowledged.append(recorded)

    def check_acknowledged(self) -> None:
        """Find every entry that somebody was told of."""
        for one in self._acknowledged:
            history = self.histories[one.entry.inspection]
            if history.recorded[one.entry.seq].digest != one.digest:
                message = f"{one.entry.inspection} entry {one.entry.seq} was acknowledged and is another one now"
                raise BrokenPromiseError(message)

    def sealable(self, stored: Mapping[str, list[bytes]]) -> int:
        """Count what the last seal must have sealed: every entry and every record of the register."""
        return sum(not key.startswith(keys.SEALS_PREFIX) for key in stored)

    def _check_seal(self, data: bytes) -> None:
        """A seal bears each entry at most once, in order, with the digest of the bytes that stand there."""
        seal = Seal.from_bytes(data)
        for key, digest in seal.leaves:
            self._seal_of[key] = seal.n
            place = keys.parse_ledger_entry(key)
            if place is None:
                continue
            inspection, seq = place
            history = self.histories[inspection]
            if seq != self._sealed[inspection] or history.recorded[seq].digest != digest:
                message = f"{key} was sealed out of its place or with another digest"
                raise BrokenPromiseError(message)
            self._sealed[inspection] += 1

    def _check_approval(self, entry: Entry) -> None:
        if entry.kind in APPROVALS.values() and self._draft(entry).author == entry.actor.person:
            message = f"{entry.inspection} entry {entry.seq}: a person approved their own report"
            raise BrokenPromiseError(message)

    def _check_decision(self, history: History) -> None:
        """What is approved is the newest draft, with an answer to each comment; what is public is not taken back."""
        newest = history.recorded[-1].entry
        if newest.kind is Kind.APPROVAL_TAKEN_BACK:
            approved = history.latest(*APPROVALS.values())
            of = "review" if approved and approved.entry.kind is Kind.REVIEW_APPROVED else "initial-report"
            if f"{newest.inspection}/{of}" in self._public:
                message = f"{newest.inspection} entry {newest.seq}: what is public was taken back"
                raise BrokenPromiseError(message)
        if newest.kind not in APPROVALS.values():
            return
        draft = history.latest(Kind.REPORT_DRAFTED, Kind.REVIEW_DRAFTED)
        if draft is None or draft.entry.document != newest.document:
            message = f"{newest.inspection} entry {newest.seq}: another draft than the newest was approved"
            raise BrokenPromiseError(message)
        for said in history.all_of(Kind.ACCURACY_COMMENTED):
            answers = [
                one.entry.facts for one in history.all_of(Kind.ACCURACY_ANSWERED) if one.entry.because == said.digest
            ]
            answered = {
                number for facts in answers for name in ("accepted", "not_accepted") for number in _texts(facts[name])
            }
            if len(answered) != said.entry.facts["comments"]:
                message = f"{newest.inspection} entry {newest.seq}: approved with comments that nobody answered"
                raise BrokenPromiseError(message)

    def _check_clock(self, history: History) -> None:
        """The revisit is due no later than six calendar months after the earliest day of publication."""
        plan, publication = history.recorded[-1].entry, history.latest(Kind.PUBLISHED)
        if plan.kind is not Kind.FOLLOW_UP_RECORDED or publication is None:
            return
        published = str(publication.entry.facts["published"])
        first_day = dt.date.fromisoformat(
            published if publication.entry.facts["published_is_exact"] else f"{published}-01"
        )
        if dt.date.fromisoformat(str(plan.facts["revisit_act_by"])) > first_day + relativedelta(months=6):
            message = f"{plan.inspection}: published {published}, revisit by {plan.facts['revisit_act_by']}"
            raise BrokenPromiseError(message)

    def _draft(self, entry: Entry) -> Draft:
        if entry.document is None:
            message = f"{entry.inspection} entry {entry.seq}: an approval of nothing"
            raise BrokenPromiseError(message)
        data = self._read_private(keys.artefact(entry.inspection, entry.document.sha256))
        if _digest(data) != entry.document.sha256:
            message = f"{entry.inspection} entry {entry.seq}: its draft is not what its digest says"
            raise BrokenPromiseError(message)
        return Draft.model_validate_json(data)


def _texts(fact: Fact) -> tuple[str, ...]:
    return fact if isinstance(fact, tuple) else ()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
