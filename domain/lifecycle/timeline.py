"""The audit trail of one inspection in plain words: one line an entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field

from schemas.identifiers import Sha256
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind
from schemas.model import Record

if TYPE_CHECKING:
    from domain.lifecycle.history import History
    from schemas.lifecycle.entry import Entry


class TimelineLine(Record):
    """One entry, said for people."""

    seq: int
    at: dt.datetime = Field(description="UTC")
    person: str
    role: str
    kind: Kind
    words: str
    digest: Sha256 = Field(description="SHA-256 of the entry's bytes as stored")
    document: Sha256 | None = Field(description="SHA-256 of the artefact it is about")
    facts: dict[str, Fact]


def timeline(history: History) -> tuple[TimelineLine, ...]:
    """Say what every entry records, oldest first."""
    return tuple(
        TimelineLine(
            seq=one.entry.seq,
            at=one.entry.at,
            person=one.entry.actor.person,
            role=one.entry.actor.role.value,
            kind=one.entry.kind,
            words=words_of(one.entry),
            digest=one.digest,
            document=one.entry.document.sha256 if one.entry.document else None,
            facts=one.entry.facts,
        )
        for one in history.recorded
    )


def words_of(entry: Entry) -> str:
    """Say what one entry records."""
    facts = entry.facts
    sentences: dict[Kind, Callable[[], str]] = {
        Kind.OPENED: lambda: f"inspection of {facts.get('force_name')} opened",
        Kind.FIELDWORK_SUBMITTED: lambda: "fieldwork return submitted",
        Kind.FIELDWORK_REJECTED: lambda: f"fieldwork return rejected: {facts.get('problems')} problems to fix",
        Kind.FIELDWORK_RECORDED: lambda: (
            f"evidence checked and recorded: {facts.get('cases')} cases, {facts.get('findings')} findings, "
            f"{facts.get('expectations')} expectations met, {facts.get('warnings')} warnings"
        ),
        Kind.REPORT_DRAFTED: lambda: f"initial report drafted, round {facts.get('round')}; awaits a second person",
        Kind.REPORT_APPROVED: lambda: f"initial report approved, embargo {facts.get('embargo')}",
        Kind.REPORT_RETURNED: lambda: f"initial report returned: {facts.get('reason')}",
        Kind.REPORT_REFUSED: lambda: _refusal(facts),
        Kind.PUBLISHED: lambda: f"initial report published ({facts.get('published')}), {facts.get('files')} files",
        Kind.FOLLOW_UP_RECORDED: lambda: (
            f"follow-up planned: revisit due by {_range(facts)}, {facts.get('due_dates')} due dates"
        ),
        Kind.REVIEW_SUBMITTED: lambda: "review return submitted",
        Kind.REVIEW_REJECTED: lambda: f"review return rejected: {facts.get('problems')} problems to fix",
        Kind.REVIEW_DRAFTED: lambda: f"review drafted, round {facts.get('round')}; revisit {_lateness(facts)}",
        Kind.REVIEW_APPROVED: lambda: f"review approved, embargo {facts.get('embargo')}",
        Kind.REVIEW_RETURNED: lambda: f"review returned: {facts.get('reason')}",
        Kind.REVIEW_REFUSED: lambda: _refusal(facts),
        Kind.REVIEW_PUBLISHED: lambda: f"review published ({facts.get('published')}), {facts.get('files')} files",
        Kind.MODERATED: lambda: "draft moderated: read against its evidence",
        Kind.ACCURACY_OPENED: lambda: f"draft given to the force to check its facts, until {facts.get('until')}",
        Kind.ACCURACY_COMMENTED: lambda: f"the force answered on the draft's facts: {facts.get('comments')} comments",
        Kind.HOLD_PLACED: lambda: f"put on hold{_programme(facts)}: {facts.get('reason')}",
        Kind.HOLD_LIFTED: lambda: f"hold lifted{_programme(facts)}: {facts.get('reason')}",
        Kind.DUE_DATE_CHANGED: lambda: (
            f"due date of {facts.get('subject')} changed from {facts.get('old')} to {facts.get('new')}: "
            f"{facts.get('reason')}"
        ),
        Kind.ACTION_PLAN_RECEIVED: lambda: f"action plan of the force received on {facts.get('received')}",
        Kind.POLICING_BODY_RESPONDED: lambda: (
            f"response of the local policing body received on {facts.get('received')}"
        ),
        Kind.CASE_REFERRED_BACK: lambda: f"{facts.get('cases')} case(s) referred back to the force at once",
        Kind.CORRECTION_DRAFTED: lambda: (
            f"correction of the {facts.get('of')} drafted, version {facts.get('number')}, {facts.get('errata')} errata"
        ),
        Kind.CORRECTION_APPROVED: lambda: f"correction approved, embargo {facts.get('embargo')}",
        Kind.CORRECTION_RETURNED: lambda: f"correction returned: {facts.get('reason')}",
        Kind.CORRECTION_REFUSED: lambda: _refusal(facts),
        Kind.CORRECTION_PUBLISHED: lambda: (
            f"correction of the {facts.get('of')} published, version {facts.get('number')}, {facts.get('files')} files"
        ),
        Kind.WITHDRAWAL_ORDERED: lambda: f"withdrawal ordered: {facts.get('reason')}",
        Kind.WITHDRAWN: lambda: f"withdrawn; the notice stays ({facts.get('files')} files no longer public)",
        Kind.ACT_REFUSED: lambda: f"{facts.get('act')} refused: {facts.get('reason')}",
    }
    return sentences[entry.kind]()


def _programme(facts: dict[str, Fact]) -> str:
    return " with the whole programme" if facts.get("programme") else ""


def _refusal(facts: dict[str, Fact]) -> str:
    # One kind for both decisions on a draft; where it names no act it is an older entry, of an approval.
    subject = "return" if str(facts.get("act")).startswith("return ") else "approval"
    return f"{subject} refused: {facts.get('reason')}"


def _range(facts: dict[str, Fact]) -> str:
    earliest, latest = facts.get("revisit_due_earliest"), facts.get("revisit_due_latest")
    return f"{earliest}" if earliest == latest else f"a day between {earliest} and {latest}"


def _lateness(facts: dict[str, Fact]) -> str:
    verdict = str(facts.get("revisit"))
    if verdict != "late":
        return verdict
    least, most = facts.get("days_late_at_least"), facts.get("days_late_at_most")
    return f"late by {least} day(s)" if least == most else f"late by {least} to {most} days, on any reading"
