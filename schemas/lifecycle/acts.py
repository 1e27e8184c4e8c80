"""What people do, as one table: who may do it, what it records, which duty they have had after it.

An act is always a person's, never the system's. What the system does is a stage (`schemas/lifecycle/stages.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemas.lifecycle.moves import INTERRUPTIONS, SIDE_ENTRIES, Kind, Position, State, states_before
from schemas.people.roles import Role


class SeparatedDuty(StrEnum):
    """A duty that one person has had in an inspection; author, moderator and approver are three people."""

    AUTHOR = "author"
    MODERATOR = "moderator"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row: its words, the roles that may do it, what it records, what its refusal records."""

    name: str
    summary: str
    roles: tuple[Role, ...]
    records: Kind
    refusal: Kind | None = Kind.ACT_REFUSED
    """What is recorded when the act is refused, if it may follow; None where there is no ledger yet."""
    decides_on: tuple[Kind, ...] = ()
    """The drafts that it decides on, one of them at a time."""
    decision: str | None = None
    """What the audit report lists among the decisions: a sentence after the person's name, as those of `Kind`."""
    needs_step_up: bool = False
    """Whether the desk asks for a fresh login at an identity provider."""
    makes: SeparatedDuty | None = None
    """The duty that the person has had after it."""

    @property
    def states(self) -> frozenset[State]:
        """The states in which it is legal: those in which what it records may follow."""
        return states_before(self.records)

    @property
    def barred(self) -> frozenset[SeparatedDuty]:
        """The duties that bar from it: all but the one it makes; for the return of a draft, its author's."""
        if self.makes:
            return frozenset(SeparatedDuty) - {self.makes}
        return frozenset({SeparatedDuty.AUTHOR}) if self.decides_on else frozenset()

    def duty_of(self, role: Role) -> SeparatedDuty | None:
        """Return the duty of a person who does the act in a role: everybody who decides as a moderator is one."""
        is_moderator = bool(self.decides_on) and role is Role.MODERATOR
        return self.makes or (SeparatedDuty.MODERATOR if is_moderator else None)


_IN_CHARGE: Final = (Role.PROGRAMME_MANAGER, Role.HMI)
_RECEIVES: Final = (Role.FORCE_LIAISON, Role.PROGRAMME_MANAGER)
_DECIDES: Final = (Role.HMI, Role.MODERATOR)

DRAFTS: Final = (Kind.REPORT_DRAFTED, Kind.REVIEW_DRAFTED, Kind.CORRECTION_DRAFTED)
"""What waits for a person's decision, by the kind of entry that records it."""

OPEN: Final = Act(
    name="open",
    summary="opens an inspection of a force",
    roles=(Role.PROGRAMME_MANAGER,),
    records=Kind.OPENED,
    refusal=None,
)
SUBMIT_FIELDWORK: Final = Act(
    name="submit fieldwork",
    summary="submits the fieldwork return",
    roles=(Role.INSPECTOR,),
    records=Kind.FIELDWORK_SUBMITTED,
    makes=SeparatedDuty.AUTHOR,
)
MODERATE: Final = Act(
    name="moderate",
    summary="has read the draft against its evidence and lets it go on to approval",
    roles=(Role.MODERATOR,),
    records=Kind.MODERATED,
    decides_on=DRAFTS,
    decision="moderated the draft: read it against its evidence",
    needs_step_up=True,
    makes=SeparatedDuty.MODERATOR,
)
OPEN_ACCURACY: Final = Act(
    name="open accuracy check",
    summary="gives the draft to the force for a time, to check its facts",
    roles=(Role.INSPECTOR, Role.HMI),
    records=Kind.ACCURACY_OPENED,
)
COMMENT_ACCURACY: Final = Act(
    name="comment on accuracy",
    summary="says for the force which facts of the draft are wrong, or that none is",
    roles=(Role.FORCE_LIAISON,),
    records=Kind.ACCURACY_COMMENTED,
)
ANSWER_COMMENTS: Final = Act(
    name="answer comments",
    summary="answers comments of the force: accepted, or why not; nothing is approved before each has an answer",
    roles=(Role.INSPECTOR, Role.HMI),
    records=Kind.ACCURACY_ANSWERED,
    decision="answered comments of the force: {answered_comments}",
)
APPROVE_REPORT: Final = Act(
    name="approve report",
    summary="approves the initial report for publication",
    roles=(Role.HMI,),
    records=Kind.REPORT_APPROVED,
    refusal=Kind.REPORT_REFUSED,
    decides_on=(Kind.REPORT_DRAFTED,),
    decision="approved the initial report",
    needs_step_up=True,
    makes=SeparatedDuty.APPROVER,
)
RETURN_REPORT: Final = Act(
    name="return report",
    summary="returns the initial report to the lead inspector, with reasons",
    roles=_DECIDES,
    records=Kind.REPORT_RETURNED,
    refusal=Kind.REPORT_REFUSED,
    decides_on=(Kind.REPORT_DRAFTED,),
    decision="returned the initial report",
    needs_step_up=True,
)
SUBMIT_REVIEW: Final = Act(
    name="submit review",
    summary="submits the review return",
    roles=(Role.INSPECTOR,),
    records=Kind.REVIEW_SUBMITTED,
    makes=SeparatedDuty.AUTHOR,
)
APPROVE_REVIEW: Final = Act(
    name="approve review",
    summary="approves the review for publication",
    roles=(Role.HMI,),
    records=Kind.REVIEW_APPROVED,
    refusal=Kind.REVIEW_REFUSED,
    decides_on=(Kind.REVIEW_DRAFTED,),
    decision="approved the review",
    needs_step_up=True,
    makes=SeparatedDuty.APPROVER,
)
RETURN_REVIEW: Final = Act(
    name="return review",
    summary="returns the review to the lead inspector, with reasons",
    roles=_DECIDES,
    records=Kind.REVIEW_RETURNED,
    refusal=Kind.REVIEW_REFUSED,
    decides_on=(Kind.REVIEW_DRAFTED,),
    decision="returned the review",
    needs_step_up=True,
)
TAKE_BACK_APPROVAL: Final = Act(
    name="take back approval",
    summary="takes back an approval before publication begins, with reasons; the draft awaits approval again",
    roles=(Role.HMI,),
    records=Kind.APPROVAL_TAKEN_BACK,
    decision="took the approval back",
)
PLACE_HOLD: Final = Act(
    name="place hold",
    summary="stops the inspection where it stands, with reasons",
    roles=_IN_CHARGE,
    records=Kind.HOLD_PLACED,
    decision="put the inspection on hold{with_programme}",
)
LIFT_HOLD: Final = Act(
    name="lift hold",
    summary="lets the inspection go on from where it was stopped",
    roles=_IN_CHARGE,
    records=Kind.HOLD_LIFTED,
    decision="lifted the hold{with_programme}",
)
CHANGE_DUE_DATE: Final = Act(
    name="change due date",
    summary="sets another day for something that is due, with reasons; the old one is kept",
    roles=(Role.PROGRAMME_MANAGER,),
    records=Kind.DUE_DATE_CHANGED,
    decision="changed a due date: {subject}, to {new} (before: {old})",
)
RECEIVE_ACTION_PLAN: Final = Act(
    name="receive action plan",
    summary="records that the force's action plan came, and when",
    roles=_RECEIVES,
    records=Kind.ACTION_PLAN_RECEIVED,
)
RECEIVE_RESPONSE: Final = Act(
    name="receive response",
    summary="records that the local policing body's response came, and when",
    roles=_RECEIVES,
    records=Kind.POLICING_BODY_RESPONDED,
)
REFER_BACK: Final = Act(
    name="refer back",
    summary="hands cases with a continuing risk to the force at once, whatever the report waits for",
    roles=(Role.INSPECTOR, Role.HMI),
    records=Kind.CASE_REFERRED_BACK,
)
DRAFT_CORRECTION: Final = Act(
    name="draft correction",
    summary="drafts a new version of what is published, with its errata",
    roles=(Role.INSPECTOR, Role.PRESS_OFFICER),
    records=Kind.CORRECTION_DRAFTED,
    makes=SeparatedDuty.AUTHOR,
)
APPROVE_CORRECTION: Final = Act(
    name="approve correction",
    summary="approves a correction for publication",
    roles=(Role.HMI,),
    records=Kind.CORRECTION_APPROVED,
    refusal=Kind.CORRECTION_REFUSED,
    decides_on=(Kind.CORRECTION_DRAFTED,),
    decision="approved the correction",
    needs_step_up=True,
    makes=SeparatedDuty.APPROVER,
)
RETURN_CORRECTION: Final = Act(
    name="return correction",
    summary="returns a correction to who drafted it, with reasons; what is published stays",
    roles=_DECIDES,
    records=Kind.CORRECTION_RETURNED,
    refusal=Kind.CORRECTION_REFUSED,
    decides_on=(Kind.CORRECTION_DRAFTED,),
    decision="returned the correction",
    needs_step_up=True,
)
WITHDRAW: Final = Act(
    name="withdraw",
    summary="takes everything of the inspection out of the public's reach; a notice with the reason stays",
    roles=(Role.HMI,),
    records=Kind.WITHDRAWAL_ORDERED,
    decision="ordered the withdrawal",
    needs_step_up=True,
)
REVIEW_TRAIL: Final = Act(
    name="review trail",
    summary="has read the trail up to an entry, and says what concerns them",
    roles=(Role.MANAGEMENT,),
    records=Kind.TRAIL_REVIEWED,
    decision="reviewed the trail up to entry {up_to}: {concerns}",
)

NAME_FOREIGN: Final = Act(
    name="name foreign entries",
    summary="names entries that are not believed, such as those by an unknown key, with reasons, to be set aside",
    roles=_IN_CHARGE,
    records=Kind.FOREIGN_NAMED,
    decision="named {entries_counted} that nobody believes, to be set aside",
)
SET_ASIDE_FOREIGN: Final = Act(
    name="set foreign entries aside",
    summary="confirms, as a second person, that the named entries count for nothing; it goes on without them",
    roles=_IN_CHARGE,
    records=Kind.FOREIGN_SET_ASIDE,
    decision="set {entries_counted} aside that nobody believes",
)

ACTS: Final = (
    OPEN,
    SUBMIT_FIELDWORK,
    MODERATE,
    OPEN_ACCURACY,
    COMMENT_ACCURACY,
    ANSWER_COMMENTS,
    APPROVE_REPORT,
    RETURN_REPORT,
    SUBMIT_REVIEW,
    APPROVE_REVIEW,
    RETURN_REVIEW,
    TAKE_BACK_APPROVAL,
    PLACE_HOLD,
    LIFT_HOLD,
    CHANGE_DUE_DATE,
    RECEIVE_ACTION_PLAN,
    RECEIVE_RESPONSE,
    REFER_BACK,
    DRAFT_CORRECTION,
    APPROVE_CORRECTION,
    RETURN_CORRECTION,
    WITHDRAW,
    REVIEW_TRAIL,
    NAME_FOREIGN,
    SET_ASIDE_FOREIGN,
)

ACT_OF: Final = {act.records: act for act in ACTS}
"""The act that an entry of this kind records, if a person recorded it."""


def acts_at(position: Position) -> tuple[Act, ...]:
    """List what people may do where an inspection stands to take it along its path."""
    legal = position.legal.difference(SIDE_ENTRIES, INTERRUPTIONS)
    return tuple(act for act in ACTS if act.records in legal)
