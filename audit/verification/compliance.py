"""Rules of conduct: compare each entry of a ledger with the tables of acts and moves and with the entries before it.

The desk and the stages refuse what is found here, so something else wrote it. Signatures are checked elsewhere
(domain/people/register.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audit.verification.correction_rules import faults_of_correction
from domain.calendar import time_in_words
from domain.lifecycle.accuracy import commented_by, count_of, numbers_in
from domain.lifecycle.approval import approved_draft, check_decision, embargo_of, standing_approval
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.replacement import check_replacement, facts_of_replacement, undecided_draft
from domain.lifecycle.separation import check_separation
from domain.lifecycle.set_aside import fault_of_setting_aside
from schemas.errors import NcpiError
from schemas.identifiers import is_digest
from schemas.lifecycle.acts import ACT_OF, Act
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.kinds import ACCEPTANCES, APPROVALS, PUBLICATIONS, REFUSALS, REJECTIONS, SUBMISSIONS
from schemas.lifecycle.moves import MOVES, RESUMPTIONS, START, Kind, Position, State
from schemas.people.roles import Role


def violations(history: History) -> Iterator[tuple[int, str]]:
    """Yield the place of each entry that breaks a rule, and which rule in words."""
    yield from history.dated_back()
    position = START
    # What is set aside is held to no rule but that of being set aside.
    for place, recorded in enumerate(history.standing):
        entry, state = recorded.entry, position.state
        if entry.kind in position.legal:
            position = position.after(entry.kind)
        else:
            yield entry.seq, f"{entry.kind.value} may not follow {position.state.value!r}"
            position = _position_after(position, entry.kind)
        before = History(history.inspection_id, history.standing[:place])
        for words in (
            *_faults_of_role(entry),
            *_faults_of_act(before, recorded, state),
            *_faults_of_publication(before, entry),
            *_faults_of_check(entry),
            *faults_of_correction(before, entry),
        ):
            yield entry.seq, words
        if entry.kind is Kind.FOREIGN_SET_ASIDE:
            everything = [one for one in history.recorded if one.entry.seq < entry.seq]
            if fault := fault_of_setting_aside(everything, entry):
                yield entry.seq, fault


def _position_after(position: Position, kind: Kind) -> Position:
    """Return where a kind leads, so that one wrong move is not found again in every entry after it."""
    after = {moves[kind] for moves in MOVES.values() if kind in moves}
    if kind in RESUMPTIONS or len(after) != 1:
        return position
    return Position(after.pop(), position.left)


def _faults_of_role(entry: Entry) -> Iterator[str]:
    role, person = entry.actor.role, entry.actor.person
    if (person == "ncpi") != (role is Role.SERVICE):
        yield f"expected the role service for ncpi and for nobody else, found {person} as {role.value}"
    if role is Role.ADMIN and entry.kind not in REFUSALS:
        yield f"expected a role that acts in inspections, found {person} as admin"
    if entry.kind in REFUSALS:
        allowed = set(Role) - {Role.SERVICE}
    elif entry.kind in REJECTIONS:
        allowed = {Role.SERVICE, Role.INSPECTOR}
    else:
        act = ACT_OF.get(entry.kind)
        allowed = set(act.roles) if act else {Role.SERVICE}
    if role not in allowed:
        yield f"expected {entry.kind.value} by {' or '.join(sorted(one.value for one in allowed))}, found {role.value}"


def _faults_of_act(before: History, recorded: Recorded, state: State) -> Iterator[str]:
    entry, act = recorded.entry, ACT_OF.get(recorded.entry.kind)
    if act is None:
        return
    try:
        check_separation(before, act, entry.actor.person)
        if act.decides_on:
            yield from _faults_of_decision(before, entry, act)
        if entry.kind in SUBMISSIONS:
            yield from _faults_of_replacement(before, entry, act, state)
        if entry.kind in APPROVALS:
            embargo_of(recorded)
        if entry.kind in _FAULTS_OF_CAUSE:
            yield from _FAULTS_OF_CAUSE[entry.kind](before, entry)
    except NcpiError as error:
        yield _message(error)


def _faults_of_decision(before: History, entry: Entry, act: Act) -> Iterator[str]:
    draft = check_decision(before, act, str(entry.facts.get("draft")), entry.at)
    if entry.document != draft.entry.document:
        yield "expected a decision on the newest draft, found one on a different artefact"
    if entry.because != draft.digest:
        yield "expected the newest draft as the cause of a decision, found a different entry"


def _faults_of_replacement(before: History, entry: Entry, act: Act, state: State) -> Iterator[str]:
    draft = undecided_draft(before, state)
    replaced = facts_of_replacement(draft).get("replaces")
    if entry.facts.get("replaces") != replaced:
        expected = (
            "to name the draft that it replaces" if draft else "to replace no draft, since none awaits a decision"
        )
        yield f"expected {entry.kind.value} {expected}, found a different one or none"
    check_replacement(draft, act, entry.actor.person)


def _faults_of_answer(before: History, entry: Entry) -> Iterator[str]:
    commented = commented_by(before, entry.because)
    if commented is None:
        yield "expected comments of the force as the cause of an answer, found a different entry"
    elif not numbers_in(entry) or not numbers_in(entry).keys() <= set(range(1, count_of(commented) + 1)):
        yield "expected answers to comments that the force made, found a number of none, or no answer"


def _faults_of_review(before: History, entry: Entry) -> Iterator[str]:
    read = next((one.entry.seq for one in before.recorded if one.digest == entry.because), None)
    if read is None or entry.facts.get("up_to") != read:
        yield "expected the entry up to which the trail was reviewed as the cause, found a different one or none"


def _faults_of_taking_back(before: History, entry: Entry) -> Iterator[str]:
    approval = standing_approval(before)
    if approval is None or entry.because != approval.digest:
        yield "expected the approval that is taken back as the cause, found a different entry"
    elif entry.facts.get("draft") != approval.entry.facts.get("draft"):
        yield "expected the draft whose approval is taken back, found a different one"


_FAULTS_OF_CAUSE: Final = {
    Kind.ACCURACY_ANSWERED: _faults_of_answer,
    Kind.APPROVAL_TAKEN_BACK: _faults_of_taking_back,
    Kind.TRAIL_REVIEWED: _faults_of_review,
}
"""What an entry must say of the one that it names as its cause."""


def _faults_of_publication(before: History, entry: Entry) -> Iterator[str]:
    if entry.kind not in PUBLICATIONS:
        return
    if entry.document is None:
        yield "expected the record of the publication, found none"
    try:
        approval, digest, embargo = approved_draft(before)
    except NcpiError as error:
        yield _message(error)
        return
    if entry.facts.get("draft") != digest:
        yield f"expected the approved draft {digest[:12]}… to be published, found a different one"
    approver = approval.entry.actor.person
    if entry.facts.get("approver", approver) != approver:
        yield f"expected the approver {approver}, found a different name"
    if entry.at < embargo:
        yield f"expected no publication before the embargo, {time_in_words(embargo)}, found an earlier one"


def _faults_of_check(entry: Entry) -> Iterator[str]:
    if entry.kind in ACCEPTANCES and not is_digest(entry.facts.get("validation")):
        yield "expected the digest of what the return was checked against, found none"


def _message(error: NcpiError) -> str:
    """Return the message of an error without the inspection, which the fault names."""
    return str(error).partition(": ")[2] or str(error)
