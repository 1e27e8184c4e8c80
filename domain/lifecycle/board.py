"""Where an inspection stands, who must act next and by when: read from its ledger alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final, Literal

from pydantic import Field

from domain.calendar import london_date, time_in_words
from domain.lifecycle.accuracy import comments_on, numbers_in_words, open_check, unanswered_in_words
from domain.lifecycle.approval import approved_draft, latest_draft, revocable_approval
from domain.lifecycle.due_changes import revisit_due
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.replacement import undecided_draft
from domain.lifecycle.strict_facts import instant_of
from schemas.counts import counted
from schemas.dates import in_words
from schemas.errors import IllegalMoveError
from schemas.identifiers import InspectionId
from schemas.lifecycle.acts import ANSWER_COMMENTS, DRAFTS, TAKE_BACK_APPROVAL, Act, acts_at
from schemas.lifecycle.kinds import APPROVALS, REJECTIONS, RETURNS_OF_DRAFTS, SUBMISSIONS
from schemas.lifecycle.moves import AWAITING_DECISION, RESUMPTIONS, Kind, State
from schemas.lifecycle.stages import stage_in
from schemas.model import Record
from schemas.people.roles import Role
from schemas.programme.forces import force_of

Revisit = Literal["due", "overdue", "in time", "late", "cannot be told"]

# A returned correction waits for nobody: the inspection stands where it stood.
_RETURNS: Final = RETURNS_OF_DRAFTS.difference(RESUMPTIONS)


class WaitsFor(Record):
    """Who or what must act next: roles, a person, a stage (perhaps after an embargo), or nobody."""

    roles: tuple[Role, ...] = ()
    person: str | None = Field(default=None, description="Who must fix what was rejected or returned")
    stage: str | None = None
    embargo: dt.datetime | None = Field(default=None, description="UTC; its stage runs after that")

    @property
    def words(self) -> str:
        """Who or what it is, in words."""
        if self.embargo:
            return "the embargo"
        if self.stage:
            return "the system"
        return self.person or " or ".join(self.roles) or "nobody"

    def is_for(self, person: str, roles: Collection[Role]) -> bool:
        """Return whether a person, who has these roles, may act next."""
        return self.person == person or any(role in self.roles for role in roles)


class BoardRow(Record):
    """One line of the board."""

    inspection: InspectionId
    force: str
    state: State
    next: str = Field(description="Who must do what next, in words")
    waits_for: WaitsFor
    stage: str | None = Field(description="The stage whose turn it is; None when a person must act or it is complete")
    is_ready: bool = Field(description="Whether that stage can run now; False while an embargo holds")
    incident: str | None = Field(
        description="What was rejected or returned and waits to be fixed, or the hold; never why: the trail says that"
    )
    revisit_due: str | None = Field(description="Last day for the revisit, ISO, or two days with ` to ` between")
    revisit: Revisit | None = Field(description="None before publication")
    days_left: int | None = Field(description="Until the last day for the revisit; below 0 overdue; None when done")
    beside: tuple[str, ...] = Field(description="What who decides on a draft must know, in words")
    entries: int = Field(ge=0)
    changed_at: dt.datetime | None = Field(description="UTC instant of the newest entry")


def standing(history: History, now: dt.datetime) -> BoardRow:
    """Return where an inspection stands at an instant.

    Raises:
        SeparationError: its approval is by somebody who made or moderated the draft.
        LedgerError: an entry lacks what the line is made from.
    """
    stage = stage_in(history.state)
    waits_for = _waits_for(history, now)
    last = history.last
    due = revisit_due(history)
    revisit = _revisit(history, due.latest, now) if due else None
    is_waiting = due is not None and revisit in {"due", "overdue"}
    return BoardRow(
        inspection=history.inspection_id,
        force=force_of(history.inspection_id).name,
        state=history.state,
        next=_next(history, waits_for, now),
        waits_for=waits_for,
        stage=stage.name if stage else None,
        is_ready=stage is not None and waits_for.embargo is None,
        incident=_incident(history),
        revisit_due=due.iso if due else None,
        revisit=revisit,
        days_left=(due.latest - london_date(now)).days if due and is_waiting else None,
        beside=_beside(history, now),
        entries=len(history.recorded),
        changed_at=last.entry.at if last else None,
    )


def _waits_for(history: History, now: dt.datetime) -> WaitsFor:
    if stage := stage_in(history.state):
        turn = stage.turn_in(history.state)
        embargo = approved_draft(history)[2] if turn and turn.waits_for_embargo else None
        return WaitsFor(stage=stage.name, embargo=embargo if embargo and now < embargo else None)
    if history.state not in {State.ON_HOLD, *AWAITING_DECISION} and _incident(history):
        return WaitsFor(person=_sender(history))
    return WaitsFor(roles=tuple(dict.fromkeys(role for act in _possible(history, now) for role in act.roles)))


def _possible(history: History, now: dt.datetime) -> tuple[Act, ...]:
    """List the acts that take the inspection along its path now, as the desk would allow them."""
    acts = tuple(act for act in acts_at(history.position) if _is_possible(history, act, now))
    draft = undecided_draft(history, history.state)
    return (ANSWER_COMMENTS, *acts) if draft and unanswered_in_words(history, draft) else acts


def _is_possible(history: History, act: Act, now: dt.datetime) -> bool:
    if history.state in AWAITING_DECISION and not act.decides_on:
        return False  # its authors may replace the draft, but nobody waits for that
    if act.records in APPROVALS:
        draft = latest_draft(history)
        return open_check(history, draft, now) is None and not unanswered_in_words(history, draft)
    if act is not TAKE_BACK_APPROVAL:
        return True
    try:
        revocable_approval(history, now)
    except IllegalMoveError:
        return False
    return True


def _next(history: History, waits_for: WaitsFor, now: dt.datetime) -> str:
    if waits_for.embargo:
        return f"{waits_for.stage} waits for the embargo, {time_in_words(waits_for.embargo)}"
    if waits_for.stage:
        return f"{waits_for.words}: {waits_for.stage}"
    acts = _possible(history, now)
    if not acts:
        return "nothing; withdrawn" if history.state is State.WITHDRAWN else "nothing; complete"
    if waits_for.person:
        return f"{waits_for.words}: fix and {acts[0].name}"
    by_roles: dict[tuple[Role, ...], list[str]] = {}
    for act in acts:
        by_roles.setdefault(act.roles, []).append(act.name)
    return "; ".join(f"{' or '.join(roles)}: {' or '.join(names)}" for roles, names in by_roles.items())


def _beside(history: History, now: dt.datetime) -> tuple[str, ...]:
    """Return what stands beside a draft that waits for a decision: its moderation, the force's check of its facts."""
    draft = undecided_draft(history, history.state)
    if draft is None:
        return ()
    moderated = history.latest(Kind.MODERATED)
    is_moderated = moderated is not None and moderated.entry.because == draft.digest
    lines = [f"moderated by {moderated.entry.actor.person}" if moderated and is_moderated else "not moderated"]
    if replaced := _replaced_by(history):
        lines.append(f"it replaces the draft {replaced[:12]}…, on which nobody had decided")
    if check := open_check(history, draft, now):
        until = time_in_words(instant_of(check, "until"))
        lines.append(f"the force may check the facts until {until} and has not answered; nobody approves before")
    elif _was_another_checked(history, draft):
        lines.append("the force was asked about an earlier draft, not about this one")
    return (*lines, *_comments(history, draft))


def _comments(history: History, draft: Recorded) -> Iterator[str]:
    """Yield what the force said on the drafts of this document, by numbers alone, and what became of it."""
    for one in comments_on(history, draft):
        entry = one.recorded.entry
        said = f"{counted(one.count, 'comment')} of the force on the facts (entry {entry.seq})"
        if one.unanswered:
            answers = f"{numbers_in_words(one.unanswered)} not answered, nobody approves before; `ncpi accuracy answer`"
        else:
            answers = f"{len(one.accepted)} accepted, {len(one.not_accepted)} not" if one.count else "no fact is wrong"
        yield f"{said}: {answers}; read them with `ncpi accuracy read {history.inspection_id}`"
        if one.accepted and entry.seq > draft.entry.seq:
            yield "what was accepted is not in this draft yet: it is about this very draft; replace it or return it"


def _replaced_by(history: History) -> str | None:
    """Return the digest of the draft that the newest submission replaces."""
    submitted = history.latest(*SUBMISSIONS)
    replaced = submitted.entry.facts.get("replaces") if submitted else None
    return None if replaced is None else str(replaced)


def _was_another_checked(history: History, draft: Recorded) -> bool:
    """Return whether the force was to check the facts of an earlier draft of this document, but not of this one."""
    opened = history.latest(Kind.ACCURACY_OPENED)
    if opened is None or opened.entry.seq > draft.entry.seq:
        return False
    checked = history.before(opened).latest(*DRAFTS)
    return checked is not None and checked.entry.kind is draft.entry.kind


def _sender(history: History) -> str:
    last = history.last_on_path
    if last and last.entry.kind in REJECTIONS:
        return str(last.entry.facts.get("sender", "the sender"))
    sent = history.latest(*SUBMISSIONS)
    return sent.entry.actor.person if sent else "the sender"


def _incident(history: History) -> str | None:
    last, hold = history.last_on_path, history.latest(Kind.HOLD_PLACED)
    is_drafted = history.state in AWAITING_DECISION
    if last is None:
        return None
    if hold and history.state is State.ON_HOLD:
        return f"on hold since {in_words(london_date(hold.entry.at))}"
    if last.entry.kind in REJECTIONS:
        problems = counted(last.entry.facts.get("problems", 0), "problem")
        what = "another return in its place was rejected, so the draft stands" if is_drafted else "return rejected"
        return f"{what}: {problems} to fix (`ncpi audit show` lists them)"
    if last.entry.kind in _RETURNS:
        return f"returned by {last.entry.actor.person}"
    return None


def reason_of_incident(history: History) -> str | None:
    """Return why an inspection is on hold or its draft was returned, for those who may read the trail."""
    last, hold = history.last_on_path, history.latest(Kind.HOLD_PLACED)
    cause = hold if history.state is State.ON_HOLD else last
    if cause is None or cause.entry.kind not in {Kind.HOLD_PLACED, *_RETURNS}:
        return None
    return str(cause.entry.facts.get("reason", ""))


def _revisit(history: History, last_day: dt.date, now: dt.datetime) -> Revisit:
    review = history.latest(Kind.REVIEW_DRAFTED)
    if review is None:
        return "overdue" if london_date(now) > last_day else "due"
    verdict = review.entry.facts.get("revisit")
    if verdict == "in time":
        return "in time"
    return "late" if verdict == "late" else "cannot be told"
